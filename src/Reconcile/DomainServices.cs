using GitOpsOperator.Drift;
using GitOpsOperator.Reconcile.Admission;
using GitOpsOperator.Reconcile.Notices;
using GitOpsOperator.Reconcile.Recording;
using k8s;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Reconcile;

/// <summary>What every domain is given by the program that it is part of.</summary>
public sealed record DomainServices(IKubernetes Kubernetes, OwnerId Owner, IMandate Mandate, ReconcileTiming Timing, TimeProvider Time, ILoggerFactory Loggers)
{
    /// <summary>Says of each step whether now is the time for it.</summary>
    public IAdmission Admission { get; init; } = OpenAdmission.Instance;

    /// <summary>Keeps each pass; null where nobody asks for that.</summary>
    public PassRecorder? Recorder { get; init; }

    /// <summary>Told what became of each cluster, from any thread; must neither block nor throw.</summary>
    public Action<Notice> Notify { get; init; } = _ => { };
}
