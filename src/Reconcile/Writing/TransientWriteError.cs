using System.Net;

namespace GitOpsOperator.Reconcile.Writing;

/// <summary>What the API server, or this operator itself, may answer to a write in a world where nothing is wrong.</summary>
public static class TransientWriteError
{
    /// <summary>
    /// Observe and decide again: another writer came first (409), the server or a disruption budget asks for patience (429), the object
    /// belongs to somebody else by now, or this operator does not lead any more.
    /// </summary>
    public static bool IsNotYet(Exception error) =>
        error
            is LeadershipLostException
                or ForeignObjectException
                or KubernetesCallException { StatusCode: HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests };
}
