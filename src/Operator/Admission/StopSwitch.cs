using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Operator.State;
using GitOpsOperator.Reconcile.Loop;
using k8s.Models;

namespace GitOpsOperator.Operator.Admission;

/// <summary>
/// Stops everything without git: an annotation on the ConfigMap that is named as the Lease is. What is under way ends at the boundary of a
/// step; observing, planning and reporting go on.
/// </summary>
internal sealed class StopSwitch
{
    /// <summary>Its value is the reason, for whoever finds it.</summary>
    public const string Annotation = "gitops-operator.dev/stop";

    private const int MaxReasonLength = 200;

    private readonly string _namespace;
    private readonly string _name;
    private readonly WatchedConfigMap _map;

    /// <param name="state">Is told why nothing is changed.</param>
    /// <param name="changes">Notified when it may have been thrown or released.</param>
    public StopSwitch(KubernetesCache cache, string @namespace, string name, OperatorState state, ChangeSignal changes)
    {
        (_namespace, _name) = (@namespace, name);
        _map = cache.Watch(
            @namespace,
            name,
            () =>
            {
                state.StoppedBecause = State?.Reason;
                changes.Notify();
            }
        );
    }

    /// <summary>Null while it is not thrown.</summary>
    public Denied? State
    {
        get
        {
            if (_map.Current?.GetAnnotation(Annotation) is not { } reason)
            {
                return null;
            }

            var said = string.Concat(reason.Where(character => !char.IsControl(character)).Take(MaxReasonLength));
            return new(
                "operator-stopped",
                $"the operator is stopped by hand{(said.Length > 0 ? $": {said}" : "")}",
                $"Remove the annotation: kubectl -n {_namespace} annotate configmap {_name} {Annotation}-"
            );
        }
    }

    public Task WaitSyncedAsync(CancellationToken cancellationToken) => _map.WaitSyncedAsync(cancellationToken);

    public Task RunAsync(CancellationToken cancellationToken) => _map.RunAsync(cancellationToken);
}
