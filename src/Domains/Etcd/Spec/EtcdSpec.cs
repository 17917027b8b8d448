using System.Text.Json.Serialization;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Domains.Etcd.Spec;

/// <summary>What git says of one etcd cluster. Serialises to JSON with System.Text.Json's defaults, for the record.</summary>
public sealed record EtcdSpec
{
    public const string DefaultImageRepository = "gcr.io/etcd-development/etcd";

    /// <summary>Voting members desired, 1 to 7 (etcd FAQ, "What is maximum cluster size?").</summary>
    public required int Size { get; init; }

    public required EtcdVersion Version { get; init; }

    public string ImageRepository { get; init; } = DefaultImageRepository;

    public required EtcdStorage Storage { get; init; }

    public ResourceRequirements Resources { get; init; } = ResourceRequirements.None;

    public EtcdOptions Options { get; init; } = EtcdOptions.None;

    /// <summary>Where the members' pods run, and what else is said of them.</summary>
    public EtcdPodSettings Pods { get; init; } = EtcdPodSettings.None;

    /// <summary>While true the operator observes and reports, and changes nothing.</summary>
    public bool Suspend { get; init; }

    /// <summary>What is done about drift; null where the document leaves it to the repository's configuration.</summary>
    public DriftMode? Mode { get; init; }

    /// <summary>
    /// A tombstone in git may delete the cluster. Without it, and without a tombstone, a cluster outlives its document.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool MayBeDeleted { get; init; }

    /// <summary>With the cluster its volumes are deleted, too; else they are kept.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool DeleteVolumes { get; init; }

    /// <summary>When members are restarted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RolloutPolicy RolloutPolicy { get; init; }
}

/// <summary>Where a member keeps its data.</summary>
[JsonDerivedType(typeof(Persistent), "persistent")]
[JsonDerivedType(typeof(Ephemeral), "ephemeral")]
public abstract record EtcdStorage
{
    /// <summary>A claim per member that outlives its pod.</summary>
    public sealed record Persistent(Quantity Size, string? StorageClassName) : EtcdStorage;

    /// <summary>An emptyDir: a pod that is lost takes its member's data along, and the member is replaced.</summary>
    public sealed record Ephemeral : EtcdStorage;
}
