using System.Collections.Immutable;
using GitOpsOperator.Specs.Etcd;
using GitOpsOperator.Specs.Prometheus;

namespace GitOpsOperator.Specs;

/// <summary>Every kind this program knows.</summary>
public static class DocumentKinds
{
    public static readonly ImmutableArray<DocumentKind> Etcd = [new EtcdClusterKind()];

    public static readonly ImmutableArray<DocumentKind> All = [.. Etcd, .. MonitoringKind.All];

    /// <summary>Every rule that a document can break, for the documentation.</summary>
    public static IEnumerable<Rule> Rules => DocumentRules.All.Concat(All.SelectMany(kind => kind.Rules));
}
