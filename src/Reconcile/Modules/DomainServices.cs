using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Reconcile.Loop;
using GitOpsOperator.Reconcile.Recording;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Reconcile.Writing;
using k8s;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Reconcile.Modules;

/// <summary>What every domain is given by the program that it is part of.</summary>
public sealed record DomainServices(
    IKubernetes Kubernetes,
    KubernetesCache Cache,
    OwnerId Owner,
    ILeadership Leadership,
    ReconcileTiming Timing,
    TimeProvider Time,
    ILoggerFactory Loggers
)
{
    /// <summary>A member that has been silent for longer is lost, and may be replaced.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Nothing may have changed in a cluster for this long before its next disruptive step.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Says of each step whether now is the time for it.</summary>
    public IAdmission Admission { get; init; } = OpenAdmission.Instance;

    /// <summary>Keeps each pass; null where nobody asks for that.</summary>
    public PassRecorder? Recorder { get; init; }

    /// <summary>Told what became of each cluster, from any thread; must neither block nor throw.</summary>
    public Action<ClusterEvent> Notify { get; init; } = _ => { };
}
