using System.Collections.Immutable;
using GitOpsOperator.Specs.Reading;

namespace GitOpsOperator.Specs;

/// <summary>A kind of document that defines clusters of one domain. Registering a domain is adding its kind to the module of its
/// domain.</summary>
public abstract class DocumentKind
{
    public const string Group = "gitops-operator.dev";

    /// <summary><c>etcd</c>, as in <see cref="ClusterKey.Domain"/>.</summary>
    public abstract string Domain { get; }

    /// <summary>As in the document's <c>kind</c>.</summary>
    public abstract string Name { get; }

    public virtual string Version => "v1alpha1";

    /// <summary>The group before the slash of <c>apiVersion</c>: our own, unless the kind is another project's.</summary>
    public virtual string ApiGroup => Group;

    /// <summary>How its clusters are shown as objects of Kubernetes; null where they are not.</summary>
    public virtual ProjectedKind? Projected => null;

    public string ApiVersion => $"{ApiGroup}/{Version}";

    /// <summary>How <c>metadata</c> is read.</summary>
    public virtual MetadataStyle MetadataStyle => MetadataStyle.Cluster;

    /// <summary>The rules that this kind has beside <see cref="DocumentRules"/>.</summary>
    public abstract ImmutableArray<Rule> Rules { get; }

    /// <summary>Whether a document of this kind is a cluster. If not, it is a part of clusters of other kinds and managed through
    /// them.</summary>
    public virtual bool DefinesCluster => true;

    /// <summary>Makes the cluster whole where other documents are part of it.</summary>
    /// <param name="all">Every valid document of the revision.</param>
    /// <param name="broken">What has a document that cannot be used.</param>
    public virtual ClusterDocument Assemble(
        ClusterDocument document,
        IReadOnlyCollection<ClusterDocument> all,
        IReadOnlySet<ClusterKey> broken
    ) => document;

    /// <summary>Reads <c>spec</c>. What it answers counts only where it had no error to report.</summary>
    public abstract ClusterDocument? Read(Metadata? metadata, Fields spec);
}
