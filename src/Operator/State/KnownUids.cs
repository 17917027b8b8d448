using System.Collections.Immutable;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.State;

/// <summary>Which life of each cluster was there when its status was last written.</summary>
/// <param name="ByCluster">Uids by <see cref="ClusterKey"/> as text.</param>
internal sealed record KnownUids(ImmutableDictionary<string, string> ByCluster)
{
    public static readonly KnownUids None = new(ImmutableDictionary<string, string>.Empty);

    /// <summary>Null where none is known.</summary>
    public string? Of(ClusterKey cluster) => ByCluster.GetValueOrDefault(cluster.ToString());
}
