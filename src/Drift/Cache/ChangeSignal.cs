namespace GitOpsOperator.Drift.Cache;

/// <summary>Counts changes and wakes those who wait for the next one. A change between observing and waiting is never missed.</summary>
public sealed class ChangeSignal
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    /// <summary>Something has changed.</summary>
    public void Notify()
    {
        TaskCompletionSource notified;
        lock (_lock)
        {
            Interlocked.Increment(ref _count);
            notified = _next;
            _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        notified.SetResult();
    }

    /// <summary>Completes once the count is no longer <paramref name="seen"/>.</summary>
    public Task WaitAsync(long seen, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _count == seen ? _next.Task.WaitAsync(cancellationToken) : Task.CompletedTask;
        }
    }
}
