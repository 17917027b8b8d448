using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Reconcile.Writing;

namespace GitOpsOperator.Domains.Etcd.Steps;

public sealed record EtcdExecutorOptions
{
    /// <summary>Who this operator is among those that write records.</summary>
    public string Writer { get; init; } = RecordWriters.NewName();

    /// <summary>
    /// How old the look may be on which a change of etcd is based, measured right before sending. A look at a cluster with silent members
    /// takes up to three deadlines of 2 s. Default 10 s.
    /// </summary>
    public TimeSpan Freshness { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Demanded before a step begins and again right before each change is sent.</summary>
    public ILeadership Leadership { get; init; } = Reconcile.Writing.Leadership.Unconditional;
}
