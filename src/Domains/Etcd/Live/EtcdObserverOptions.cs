using GitOpsOperator.Drift.Cache;

namespace GitOpsOperator.Domains.Etcd.Live;

/// <summary>How an etcd cluster is looked at.</summary>
public sealed record EtcdObserverOptions
{
    /// <summary>etcd itself counts a member as connected only after 5 s; a shorter settle time would run into its refusals.</summary>
    public static readonly TimeSpan ShortestSettle = TimeSpan.FromSeconds(5);

    private readonly TimeSpan _settle = TimeSpan.FromSeconds(10);

    /// <summary>Who this operator is among those that write records.</summary>
    public string Writer { get; init; } = RecordWriters.NewName();

    /// <summary>How long a member may be silent before it may be taken for lost. Default 30 s.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Pause before another new member is tried, after several in a row that did not join. It begins again when the operator is restarted.
    /// Default 5 min, doubling to 1 h.
    /// </summary>
    public Backoff JoinRetry { get; init; } = new(TimeSpan.FromMinutes(5), TimeSpan.FromHours(1));

    /// <summary>How long nothing must have changed before the next change. Default 10 s, twice etcd's own health interval.</summary>
    public TimeSpan Settle
    {
        get => _settle;
        init =>
            _settle =
                value >= ShortestSettle
                    ? value
                    : throw new ArgumentOutOfRangeException(
                        nameof(value),
                        value,
                        $"The settle time must be at least {ShortestSettle.TotalSeconds} s"
                    );
    }
}
