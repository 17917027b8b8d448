using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace GitOpsOperator.Drift.Cache;

/// <summary>
/// Asks for one node at a time, and only where a pod's silence makes it matter: nodes report all the time, and a watch of them would cost
/// more than all that this operator looks at otherwise.
/// </summary>
/// <param name="mayAsk">False for an operator that is kept to some namespaces: nodes are in none.</param>
public sealed class NodeStates(IKubernetes client, bool mayAsk = true)
{
    /// <summary>
    /// Whether a node can be relied on to run its pods, or to end them. A node that could not be asked for is not taken for ready.
    /// Conditions: https://kubernetes.io/docs/reference/node/node-status/.
    /// </summary>
    public async Task<NodeState> ReadAsync(string name, CancellationToken cancellationToken)
    {
        if (!mayAsk)
        {
            return new(
                $"whether its node {name} is there is not known, since this operator is kept to some namespaces and nodes are in none"
            );
        }

        try
        {
            return Read(await client.CoreV1.ReadNodeAsync(name, cancellationToken: cancellationToken));
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
        {
            return new($"its node {name} is not in the cluster any more");
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.Forbidden)
        {
            return new($"whether its node {name} is there is not known, since this operator may not get nodes");
        }
        catch (Exception e) when (e is HttpOperationException or HttpRequestException)
        {
            return new($"whether its node {name} is there is not known: {e.Message}");
        }
    }

    internal static NodeState Read(V1Node node)
    {
        var ready = node.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Ready");
        return ready switch
        {
            { Status: "True" } => new(null, ready.LastTransitionTime),
            null => new($"its node {node.Metadata.Name} has never said that it is ready"),
            { LastTransitionTime: { } since } => new(
                $"its node {node.Metadata.Name} has not been ready since {since:yyyy-MM-dd'T'HH:mm:ss'Z'}: {ready.Reason}",
                since
            ),
            _ => new($"its node {node.Metadata.Name} is not ready: {ready.Reason}"),
        };
    }
}

/// <param name="NotReadyReason">Why the node cannot be relied on; null where it is ready. Sentence without a full stop.</param>
/// <param name="Since">
/// When it last became ready or ceased to be, by its own account: it tells one spell from the next, and never measures time.
/// </param>
public readonly record struct NodeState(string? NotReadyReason, DateTime? Since = null);
