using System.Collections.Immutable;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Domains.Etcd.Spec;

/// <summary>What an EtcdCluster is held to beside <see cref="DocumentRules"/>.</summary>
public static class EtcdRules
{
    public static readonly Rule SizeRange = new("size-range", "An etcd cluster has 1 to 7 voting members.");
    public static readonly Rule SizeEven = new("size-even", "An even number of members tolerates no more failures than one member less.");
    public static readonly Rule EtcdVersionFormat = new(
        "etcd-version",
        "The version is a release of etcd in three numbers, such as 3.5.16."
    );
    public static readonly Rule ImageRepository = new(
        "image-repository",
        "The image is named without tag or digest; the version is its tag."
    );
    public static readonly Rule StorageContradiction = new(
        "storage-contradiction",
        "Storage is either a claim (size) or ephemeral, not both."
    );
    public static readonly Rule StorageClass = new("storage-class", "A storage class is named as Kubernetes names objects.");

    public static readonly Rule Mode = new("drift-mode", "The mode says what is done about drift: correct or report.");
    public static readonly Rule RolloutPolicy = new(
        "rollout-policy",
        "The rollout policy says for what members are restarted: OnChange or Always."
    );
    public static readonly Rule DeletionPolicy = new(
        "deletion-policy",
        "A cluster is deleted only where its policy is Delete and a tombstone says so."
    );

    public static readonly Rule OwnedFlag = new("owned-flag", "Flags that this operator sets, or relies on, are not set by documents.");
    public static readonly Rule OptionValue = new("option-value", "An option has a value that etcd takes.");
    public static readonly Rule PodMetadata = new(
        "pod-metadata",
        "Labels and annotations that this operator sets are not set by documents."
    );

    public static readonly ImmutableArray<Rule> All =
    [
        SizeRange,
        SizeEven,
        EtcdVersionFormat,
        ImageRepository,
        StorageContradiction,
        StorageClass,
        Mode,
        RolloutPolicy,
        DeletionPolicy,
        OwnedFlag,
        OptionValue,
        PodMetadata,
    ];
}
