using System.Collections.Immutable;
using GitOpsOperator.Drift.Comparison;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Domains.Prometheus.Live;

/// <summary>
/// One Prometheus as observed at one moment: plain facts, no clients, no clock. What was not observed is unknown (null), which is neither
/// healthy nor absent.
/// </summary>
public sealed record PrometheusLive
{
    public required ClusterKey Cluster { get; init; }

    /// <summary>Objects that have our names but not our owner label, as <c>Kind/name</c>, with who seems to own them.</summary>
    public ImmutableArray<string> Foreign { get; init; } = [];

    /// <summary>Spec hash of the governing Service; null where there is none.</summary>
    public string? ServiceHash { get; init; }

    /// <summary>Digests that the rule ConfigMaps were written with, by index; null where one does not exist.</summary>
    public ImmutableArray<string?> RuleDigests { get; init; } = [];

    /// <summary>Every shard of which anything exists, by index.</summary>
    public ImmutableArray<ShardLive> Shards { get; init; } = [];

    /// <summary>What was last seen at work in every pod; null before the first time.</summary>
    public PrometheusFiles? Confirmed { get; init; }

    /// <summary>Files that a running Prometheus has refused; null where none, or where other files have been confirmed since.</summary>
    public RejectedFiles? Rejected { get; init; }

    /// <summary>What may be done to data now, and how often that was granted.</summary>
    public ApprovalLive Approval { get; init; } = ApprovalLive.None;

    /// <summary>Hash of what git asked for when all of it was last so; null before the first time.</summary>
    public string? Reached { get; init; }

    /// <summary>A change that is held back since its plan is worse than what was reviewed; null where none is.</summary>
    public HeldPrometheusChange? Held { get; init; }

    /// <summary>What git's documents come to, with what the cluster has of what they name; filled in by who can render.</summary>
    public RenderedFiles Rendered { get; init; } = RenderedFiles.None;

    /// <summary>Digest of the files as they lie in Kubernetes now, which pods may not have yet; null where there are none.</summary>
    public string? PublishedDigest =>
        Shards.All(shard => shard.ConfigurationDigest is null)
            ? null
            : PrometheusFiles.Combine(Shards.Select(shard => shard.ConfigurationDigest ?? ""), RuleDigests.OfType<string>());

    /// <summary>What differs from git, as compared with the rendering; filled in by who can render, not by the observer.</summary>
    public ImmutableArray<DriftFact> Drifts { get; init; } = [];

    public ShardLive? Shard(int index) => Shards.FirstOrDefault(shard => shard.Index == index);
}

/// <param name="Digest">Of the files as a whole.</param>
/// <param name="Error">In Prometheus' own words.</param>
public sealed record RejectedFiles(string Digest, string Error);

/// <summary>One shard: a StatefulSet, its configuration and its pods.</summary>
public sealed record ShardLive(int Index)
{
    public ShardSetLive? Set { get; init; }

    /// <summary>Digest that the configuration's Secret was written with; null where it does not exist.</summary>
    public string? ConfigurationDigest { get; init; }

    public ImmutableArray<ReplicaLive> Replicas { get; init; } = [];

    /// <summary>Volume claims of its replicas, those that are not there any more among them.</summary>
    public ImmutableArray<ReplicaClaimLive> Claims { get; init; } = [];
}

/// <param name="Size">That is asked for.</param>
public sealed record ReplicaClaimLive(int Ordinal, string Uid, Quantity Size);

/// <param name="Hash">Of the rendering that it was last applied with.</param>
/// <param name="Replicas">As its spec says.</param>
public sealed record ShardSetLive(string Uid, string? Hash, int Replicas, bool Terminating)
{
    /// <summary>Hash that its template gives to pods: of everything that a pod has to be restarted for.</summary>
    public string? TemplateHash { get; init; }

    public string? ServiceName { get; init; }

    /// <summary>Null where its replicas have no claims.</summary>
    public ClaimTemplate? Claim { get; init; }

    /// <summary>By the flags in its template; null where they say nothing of it.</summary>
    public Retention? Retention { get; init; }
}

/// <summary>One replica of a shard.</summary>
/// <param name="TemplateHash">Of the template that the pod was made from.</param>
public sealed record ReplicaLive(
    int Ordinal,
    string PodUid,
    string? TemplateHash,
    bool Running,
    bool Ready,
    bool Terminating,
    string? Address
)
{
    /// <summary>What its Prometheus says; null where it does not answer.</summary>
    public ServerLive? Server { get; init; }

    /// <summary>Why the pod's container does not run, in Kubernetes' words; null where it does.</summary>
    public string? NotReadyReason { get; init; }

    /// <summary>Why its process ended at start, where its own words say that its configuration is to blame; null otherwise.</summary>
    public string? StartError { get; init; }

    /// <summary>
    /// The pod was made after its shard's configuration was last written, so that what it says of one is said of that one.
    /// </summary>
    public bool MadeAfterFiles { get; init; }

    /// <summary>What its Prometheus answered to the last reload that it refused; null once one has succeeded since.</summary>
    public ReloadError? Refusal { get; init; }
}

/// <param name="Digest">Of the files that were to be loaded.</param>
public sealed record ReloadError(string Digest, string Error);

/// <summary>One Prometheus process by its own word.</summary>
/// <param name="Ready">Its history has been replayed and it serves queries.</param>
/// <param name="ConfigurationDigest">That its configuration in force bears; null where it bears none.</param>
/// <param name="RuleDigests">That its rule files in force bear.</param>
/// <param name="ReloadSucceeded">Whether the last reload, of whatever files, succeeded.</param>
/// <param name="RuleGroups">Groups in force, without those that only bear a digest.</param>
public sealed record ServerLive(
    string Version,
    bool Ready,
    string? ConfigurationDigest,
    ImmutableSortedSet<string> RuleDigests,
    bool ReloadSucceeded,
    int RuleGroups
)
{
    /// <summary>In force; null where it does not say.</summary>
    public Retention? Retention { get; init; }

    /// <summary>Among how many shards its configuration divides the targets; 0 where it has none.</summary>
    public int ScrapingShards { get; init; }

    /// <summary>It has run its configuration for as long as it takes to find the targets of it.</summary>
    public bool HasSettled { get; init; }

    /// <summary>Rules whose last evaluation failed.</summary>
    public int FailingRules { get; init; }

    /// <summary>What it has scraped; null where it was not asked, which it is only beside a replica of another version.</summary>
    public ScrapedTargets? Targets { get; init; }

    /// <summary>Null where it was not asked, which it is only where some of it is to go, or where it did not tell.</summary>
    public HistoryLive? History { get; init; }
}

/// <summary>What a process holds.</summary>
/// <param name="Age">Of the oldest sample.</param>
/// <param name="Bytes">Of all blocks on its volume; what is in memory only is not counted.</param>
public sealed record HistoryLive(TimeSpan Age, long Bytes);

/// <param name="Known">Targets that have been scraped at all.</param>
/// <param name="Up">Those of them whose last scrape succeeded.</param>
public sealed record ScrapedTargets(int Known, int Up);
