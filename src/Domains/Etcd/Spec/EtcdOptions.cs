using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;

namespace GitOpsOperator.Domains.Etcd.Spec;

/// <summary>How etcd itself is set, below <c>spec.options</c>. Null where etcd's own default, or this operator's, is to hold.</summary>
public sealed record EtcdOptions
{
    public static readonly EtcdOptions None = new();

    /// <summary>The options that are one number each. Reading, showing and the command line go by this table.</summary>
    internal static readonly ImmutableArray<EtcdNumericOption> Numbers =
    [
        new(
            "snapshotCount",
            "snapshot-count",
            Min: 1,
            Max: 1_000_000_000,
            "give a number of entries, such as 10000",
            options => options.SnapshotCount,
            (options, value) => options with { SnapshotCount = value }
        )
        {
            HasOwnDefault = true,
        },
        new(
            "heartbeatInterval",
            "heartbeat-interval",
            Min: 1,
            Max: MaxElectionTimeout / HeartbeatsPerElection,
            "give milliseconds, such as 100",
            options => options.HeartbeatInterval,
            (options, value) => options with { HeartbeatInterval = (int?)value }
        ),
        new(
            "electionTimeout",
            "election-timeout",
            Min: HeartbeatsPerElection,
            Max: MaxElectionTimeout,
            "give milliseconds, such as 1000",
            options => options.ElectionTimeout,
            (options, value) => options with { ElectionTimeout = (int?)value }
        ),
    ];

    // etcd's own bounds (server/embed/config.go, Validate).
    internal const int HeartbeatsPerElection = 5;
    private const int MaxElectionTimeout = 50_000;

    /// <summary>Size of the data, in bytes, at which a member takes no more writes.</summary>
    public long? QuotaBackendBytes { get; init; }

    public EtcdAutoCompaction? AutoCompaction { get; init; }

    /// <summary>Committed entries between two snapshots of raft to disk.</summary>
    public long? SnapshotCount { get; init; }

    /// <summary>In milliseconds.</summary>
    public int? HeartbeatInterval { get; init; }

    /// <summary>In milliseconds, at least five heartbeats.</summary>
    public int? ElectionTimeout { get; init; }

    /// <summary>Flags by their names without dashes in front.</summary>
    public ImmutableSortedDictionary<string, string> ExtraFlags { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>
    /// All of it but what has a default of this operator, as etcd's command line has it, in an order that does not change.
    /// </summary>
    [JsonIgnore]
    public ImmutableArray<string> Flags =>
        [
            .. Flag("quota-backend-bytes", QuotaBackendBytes),
            .. AutoCompaction is { } compaction
                ? new[] { $"--auto-compaction-mode={compaction.Mode}", $"--auto-compaction-retention={compaction.Retention}" }
                : [],
            .. Numbers.Where(option => !option.HasOwnDefault).SelectMany(option => Flag(option.Flag, option.Of(this))),
            .. ExtraFlags.Select(flag => $"--{flag.Key}={flag.Value}"),
        ];

    // Immutable dictionaries compare by reference; a spec that says the same must be equal.
    public bool Equals(EtcdOptions? other) =>
        other is not null && Numbers.All(option => option.Of(this) == option.Of(other)) && Flags.SequenceEqual(other.Flags);

    public override int GetHashCode() =>
        HashCode.Combine(SnapshotCount, QuotaBackendBytes, AutoCompaction, HeartbeatInterval, ElectionTimeout, ExtraFlags.Count);

    private static string[] Flag(string name, long? value) =>
        value is { } number ? [string.Create(CultureInfo.InvariantCulture, $"--{name}={number}")] : [];
}

/// <param name="Name">Below <c>spec.options</c>.</param>
/// <param name="Flag">Of etcd, without dashes.</param>
/// <param name="Allowed">What to give, for a finding.</param>
/// <param name="Of">Null where the document does not give it.</param>
internal sealed record EtcdNumericOption(
    string Name,
    string Flag,
    long Min,
    long Max,
    string Allowed,
    Func<EtcdOptions, long?> Of,
    Func<EtcdOptions, long?, EtcdOptions> With
)
{
    /// <summary>This operator has a default of its own, so the rendering gives the flag in any case.</summary>
    public bool HasOwnDefault { get; init; }
}

/// <param name="Mode"><c>periodic</c> or <c>revision</c>.</param>
/// <param name="Retention">A duration such as <c>1h</c>, or a number of revisions.</param>
public sealed record EtcdAutoCompaction(string Mode, string Retention);
