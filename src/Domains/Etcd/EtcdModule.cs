using System.Collections.Immutable;
using System.CommandLine;
using GitOpsOperator.Domains.Etcd.Cli;
using GitOpsOperator.Domains.Etcd.Live.Access;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Reconcile.Commands;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Domains.Etcd;

/// <summary>etcd clusters on Kubernetes.</summary>
public sealed class EtcdModule : IDomainModule
{
    public ImmutableArray<DocumentKind> Kinds { get; } = [new EtcdClusterKind()];

    public ImmutableArray<string> Meters { get; } = [EtcdMetrics.MeterName];

    public IEnumerable<Command> Commands(ProgramAccess program) => [SnapshotCommand.Create(program)];

    public IClusterDomain Open(DomainServices services) => new EtcdDomain(services);
}
