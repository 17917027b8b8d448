using GitOpsOperator.Sandbox.Launch;

namespace GitOpsOperator.Sandbox.Storm;

/// <summary>Lets things happen in the sandbox, as <c>gitops-sandbox fault</c> does.</summary>
internal sealed class SandboxFaults(string controlSocket)
{
    private readonly HashSet<string> _kept = new(StringComparer.Ordinal);

    /// <summary>
    /// From now on nothing that ends by itself continues or heals this pod: it has to stand still or be cut off for as long as something is
    /// done to what it holds, and a forced member for as long as it is there.
    /// </summary>
    public void Keep(string pod) => _kept.Add(pod);

    /// <summary>Ends <see cref="Keep"/>.</summary>
    public void Release(string pod) => _kept.Remove(pod);

    /// <returns>False where it could not happen: no such pod runs any more, or it has no address yet.</returns>
    public async Task<bool> OfPodAsync(Fault fault, string pod, CancellationToken cancellationToken) =>
        !((fault == Faults.Heal || fault == Faults.Continue) && _kept.Contains(pod))
        && await AskAsync($"fault {fault.Name} {ClusterSight.Namespace} {pod}", cancellationToken);

    /// <summary>What the pod sends there does not arrive.</summary>
    public Task<bool> CutAsync(string pod, string from, CancellationToken cancellationToken) =>
        AskAsync($"partition {ClusterSight.Namespace} {pod} {from}", cancellationToken);

    public Task<bool> OfNodeAsync(Fault fault, string node, CancellationToken cancellationToken) =>
        AskAsync($"node {fault.Name} {node}", cancellationToken);

    public Task<bool> SlowAsync(Fault fault, string node, string seconds, CancellationToken cancellationToken) =>
        AskAsync($"slow {fault.Name} {node} {seconds}", cancellationToken);

    private async Task<bool> AskAsync(string request, CancellationToken cancellationToken)
    {
        try
        {
            await ControlClient.AskAsync(controlSocket, request, cancellationToken);
            return true;
        }
        catch (ControlException)
        {
            return false;
        }
    }
}
