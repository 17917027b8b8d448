using System.Collections.Immutable;
using GitOpsOperator.Reconcile.Loop;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.Admission;

/// <summary>When the clusters of one repository may be disrupted. Those that no window is about may be at any time.</summary>
internal sealed class MaintenanceWindows(IEnumerable<MaintenanceWindow> windows, TimeProvider time)
{
    private const string Rule = "maintenance-window";

    private readonly ImmutableArray<MaintenanceWindow> _windows = [.. windows];

    /// <returns>Null while the cluster may be disrupted.</returns>
    public Denied? State(ClusterKey cluster)
    {
        var now = time.GetUtcNow();
        var windows = _windows.Where(window => window.IsAbout(cluster)).ToArray();
        if (windows.Length == 0 || windows.Any(window => window.IsOpen(now)))
        {
            return null;
        }

        var next = windows
            .Select(window => (Window: window, At: window.NextOpening(now)))
            .Where(entry => entry.At is not null)
            .OrderBy(entry => entry.At)
            .FirstOrDefault();
        return next.Window is { } opens
            ? new(
                Rule,
                "nothing that serves is restarted, moved or removed before the maintenance window, "
                    + $"which opens at {opens.Local(next.At!.Value)}",
                "It resumes automatically then"
            )
            : new(
                Rule,
                "no maintenance window of this cluster opens ever again",
                "Have the operator's configuration name one that does (repositories.maintenanceWindows)"
            );
    }
}
