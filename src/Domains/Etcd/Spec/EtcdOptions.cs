using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;

namespace GitOpsOperator.Domains.Etcd.Spec;

/// <summary>How etcd itself is set, below <c>spec.options</c>. Null where etcd's own default, or this operator's, is to hold.</summary>
public sealed record EtcdOptions
{
    public static readonly EtcdOptions None = new();

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

    /// <summary>All of it but <see cref="SnapshotCount"/>, as etcd's command line has it, in an order that does not change.</summary>
    [JsonIgnore]
    public ImmutableArray<string> Flags =>
        [
            .. Flag("quota-backend-bytes", QuotaBackendBytes),
            .. AutoCompaction is { } compaction
                ? new[] { $"--auto-compaction-mode={compaction.Mode}", $"--auto-compaction-retention={compaction.Retention}" }
                : [],
            .. Flag("heartbeat-interval", HeartbeatInterval),
            .. Flag("election-timeout", ElectionTimeout),
            .. ExtraFlags.Select(flag => $"--{flag.Key}={flag.Value}"),
        ];

    // Immutable dictionaries compare by reference; a spec that says the same must be equal.
    public bool Equals(EtcdOptions? other) => other is not null && SnapshotCount == other.SnapshotCount && Flags.SequenceEqual(other.Flags);

    public override int GetHashCode() =>
        HashCode.Combine(SnapshotCount, QuotaBackendBytes, AutoCompaction, HeartbeatInterval, ElectionTimeout, ExtraFlags.Count);

    private static string[] Flag(string name, long? value) =>
        value is { } number ? [string.Create(CultureInfo.InvariantCulture, $"--{name}={number}")] : [];
}

/// <param name="Mode"><c>periodic</c> or <c>revision</c>.</param>
/// <param name="Retention">A duration such as <c>1h</c>, or a number of revisions.</param>
public sealed record EtcdAutoCompaction(string Mode, string Retention);
