namespace GitOpsOperator.Drift.Watching;

/// <summary>Counts changes and wakes those who wait for the next one. A change between looking and waiting is never missed.</summary>
public sealed class Pulse
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    public void Beat()
    {
        TaskCompletionSource beaten;
        lock (_lock)
        {
            Interlocked.Increment(ref _count);
            beaten = _next;
            _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        beaten.SetResult();
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
