using System.Threading.Channels;

namespace GitOpsOperator.Operator;

/// <summary>Asks for a piece of work any number of times; all that is asked for within a window is answered by doing it once.</summary>
internal sealed class CoalescedRequests(TimeSpan window, TimeProvider time)
{
    // One place is enough: what is done is what is true when it is done.
    private readonly Channel<bool> _pending = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    public void Request() => _pending.Writer.TryWrite(true);

    /// <summary>Completes when something was asked for and the window has passed.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        await _pending.Reader.ReadAsync(cancellationToken);
        await Task.Delay(window, time, cancellationToken);
        while (_pending.Reader.TryRead(out _))
        {
            // Answered by what follows.
        }
    }
}
