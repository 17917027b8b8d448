using System.Collections.Immutable;
using GitOpsOperator.Domains.Etcd;
using GitOpsOperator.Domains.Prometheus;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator;

/// <summary>Makes the modules of a program anew, with the defaults of their options.</summary>
internal delegate ImmutableArray<IDomainModule> ModuleFactory();

/// <summary>The domains of this program. A further one joins here, and nowhere else.</summary>
internal static class Modules
{
    /// <summary>New modules, with the defaults of their options.</summary>
    public static ImmutableArray<IDomainModule> Create() => [new EtcdModule(), new PrometheusModule()];

    /// <summary>Every kind of document that some domain reads, enabled or not.</summary>
    public static ImmutableArray<DocumentKind> AllKinds { get; } = KindsOf(Create());

    public static ImmutableArray<DocumentKind> KindsOf(ImmutableArray<IDomainModule> modules) =>
        [.. modules.SelectMany(module => module.Kinds)];
}
