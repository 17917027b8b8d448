using System.Collections.Immutable;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Domains.Prometheus.Spec;

namespace GitOpsOperator.Specs.Tests;

/// <summary>The kinds of the domains, for tests of what is the same for all.</summary>
internal static class DocumentKinds
{
    public static readonly ImmutableArray<DocumentKind> Etcd = [new EtcdClusterKind()];

    public static readonly ImmutableArray<DocumentKind> All = [.. Etcd, .. MonitoringKind.All];

    /// <summary>Every rule that a document can break.</summary>
    public static IEnumerable<Rule> Rules => DocumentRules.All.Concat(All.SelectMany(kind => kind.Rules));
}
