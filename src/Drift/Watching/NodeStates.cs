using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace GitOpsOperator.Drift.Watching;

/// <summary>
/// Asks for one node at a time, and only where a pod's silence makes it matter: nodes report all the time, and a watch of them would cost more
/// than all that this operator looks at otherwise.
/// </summary>
public sealed class NodeStates(IKubernetes client)
{
    /// <summary>
    /// Why a node cannot be relied on to run its pods, or to end them; null where it says that it is ready. A node that could not be asked for is
    /// not taken for ready. Sentence without a full stop. Conditions: https://kubernetes.io/docs/reference/node/node-status/.
    /// </summary>
    public async Task<string?> TroubleAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return Trouble(await client.CoreV1.ReadNodeAsync(name, cancellationToken: cancellationToken));
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
        {
            return $"its node {name} is not in the cluster any more";
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.Forbidden)
        {
            return $"whether its node {name} is there is not known, since this operator may not get nodes";
        }
        catch (Exception e) when (e is HttpOperationException or HttpRequestException)
        {
            return $"whether its node {name} is there is not known: {e.Message}";
        }
    }

    internal static string? Trouble(V1Node node)
    {
        var ready = node.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Ready");
        return ready switch
        {
            { Status: "True" } => null,
            null => $"its node {node.Metadata.Name} has never said that it is ready",
            { LastTransitionTime: { } since } => $"its node {node.Metadata.Name} has not been ready since {since:yyyy-MM-dd'T'HH:mm:ss'Z'}: {ready.Reason}",
            _ => $"its node {node.Metadata.Name} is not ready: {ready.Reason}",
        };
    }
}
