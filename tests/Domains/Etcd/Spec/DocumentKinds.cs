using System.Collections.Immutable;
using GitOpsOperator.Domains.Etcd.Spec;

namespace GitOpsOperator.Specs.Tests;

/// <summary>The kinds that documents of these tests have.</summary>
internal static class DocumentKinds
{
    public static readonly ImmutableArray<DocumentKind> All = [new EtcdClusterKind()];
}
