using System.Collections.Immutable;
using GitOpsOperator.Domains.Etcd;
using GitOpsOperator.Domains.Prometheus;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator;

/// <summary>The domains of this program. A further one joins here, and nowhere else.</summary>
internal static class Modules
{
    /// <summary>New modules, with the defaults of their options.</summary>
    public static ImmutableArray<IDomainModule> Create() => [new EtcdModule(), new PrometheusModule()];

    /// <summary>Every kind of document that some domain reads, enabled or not.</summary>
    public static ImmutableArray<DocumentKind> AllKinds { get; } = [.. Create().SelectMany(module => module.Kinds)];
}
