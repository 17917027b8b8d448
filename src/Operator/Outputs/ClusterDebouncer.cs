using System.Collections.Immutable;
using System.Threading.Channels;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.Outputs;

/// <summary>
/// Collects which clusters there is news of. News within a window is answered at once, by one look at what is true then; news that comes
/// while it is answered is answered next.
/// </summary>
internal sealed class ClusterDebouncer(TimeSpan window, TimeProvider time)
{
    // One place is enough: what is done is what is true when it is done.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private readonly Lock _lock = new();
    private ImmutableSortedSet<ClusterKey> _clusters = [];
    private bool _any;

    /// <summary>There is news of this cluster.</summary>
    public void Notify(ClusterKey cluster)
    {
        Defer([cluster]);
        Notify();
    }

    /// <summary>There may be news of any cluster.</summary>
    public void NotifyAny()
    {
        lock (_lock)
        {
            _any = true;
        }

        Notify();
    }

    /// <summary>There is news, though of no cluster.</summary>
    public void Notify() => _wake.Writer.TryWrite(true);

    /// <summary>What could not be answered is answered with what comes next; that alone is no reason to wake.</summary>
    public void Defer(IEnumerable<ClusterKey> clusters)
    {
        lock (_lock)
        {
            _clusters = _clusters.Union(clusters);
        }
    }

    /// <summary>Completes when there is news and the window has passed.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        await _wake.Reader.ReadAsync(cancellationToken);
        await Task.Delay(window, time, cancellationToken);
        while (_wake.Reader.TryRead(out _))
        {
            // Answered by what follows.
        }
    }

    /// <summary>The clusters that there is news of, each told once. Whoever takes them answers for them, or defers them.</summary>
    public (ImmutableSortedSet<ClusterKey> Clusters, bool Any) Take()
    {
        lock (_lock)
        {
            var taken = (_clusters, _any);
            (_clusters, _any) = ([], false);
            return taken;
        }
    }
}
