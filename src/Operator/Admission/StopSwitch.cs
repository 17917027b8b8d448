using GitOpsOperator.Drift.Watching;
using GitOpsOperator.Reconcile.Admission;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Operator.Admission;

/// <summary>
/// Stops everything without git: an annotation on the ConfigMap that is named as the Lease is. What is under way ends at the boundary of a
/// step; observing, planning and reporting go on.
/// </summary>
/// <param name="changes">Beats when it may have been thrown or released.</param>
internal sealed class StopSwitch(IKubernetes client, string @namespace, string name, Pulse changes, TimeProvider time, ILogger<StopSwitch> logger)
{
    /// <summary>Its value is the reason, for whoever finds it.</summary>
    public const string Annotation = "gitops-operator.dev/stop";

    private const int LongestReason = 200;

    private readonly WatchedConfigMap _map = new(client, @namespace, name, changes.Beat, time, logger);

    /// <summary>Null while it is not thrown.</summary>
    public Held? State
    {
        get
        {
            if (_map.Current?.GetAnnotation(Annotation) is not { } reason)
            {
                return null;
            }

            var said = string.Concat(reason.Where(character => !char.IsControl(character)).Take(LongestReason));
            return new(
                "operator-stopped", $"the operator is stopped by hand{(said.Length > 0 ? $": {said}" : "")}",
                $"Remove the annotation: kubectl -n {@namespace} annotate configmap {name} {Annotation}-");
        }
    }

    public Task WaitSyncedAsync(CancellationToken cancellationToken) => _map.WaitSyncedAsync(cancellationToken);

    public Task RunAsync(CancellationToken cancellationToken) => _map.RunAsync(cancellationToken);
}
