using GitOpsOperator.Drift.Cache;

namespace GitOpsOperator.Reconcile.Loop;

/// <summary>How often a cluster is observed when nothing wakes its loop.</summary>
public sealed record ReconcileTiming
{
    /// <summary>Idle. Kubernetes' changes wake the loop by themselves; this finds what only etcd knows. Default 15 s.</summary>
    public TimeSpan Resync { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>While something is expected to happen. Default 0.5 s, doubling to 4 s.</summary>
    public Backoff Progress { get; init; } = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(4));

    /// <summary>After passes that failed. Default 1 s, doubling to 1 min.</summary>
    public Backoff Failure { get; init; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

    /// <summary>Least time between two looks that changed nothing, however many events come. Default 0.25 s.</summary>
    public TimeSpan MinInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>A step that has not ended by then is given up. Default 30 s.</summary>
    public TimeSpan StepLimit { get; init; } = TimeSpan.FromSeconds(30);
}
