using k8s;

namespace GitOpsOperator.Drift.Cache;

/// <summary>
/// The way to the API server that all of a process uses. On HTTP/2 a connection that has died without a word is noticed by pings, which
/// cost no call; whether a server that lives answers is told by <see cref="ApiLiveness"/>.
/// </summary>
public sealed class ApiConnection : IDisposable
{
    private static readonly TimeSpan MinPingDelay = TimeSpan.FromSeconds(1);

    private ApiConnection(Kubernetes client, ApiLiveness liveness) =>
        (Client, Liveness, Reader) = (client, liveness, new(client, liveness));

    public Kubernetes Client { get; }

    public ApiLiveness Liveness { get; }

    public ApiReader Reader { get; }

    /// <param name="maxAge">How long the server's silence may go unnoticed.</param>
    /// <param name="handlers">Of which each sees every call as the caller sees it.</param>
    public static ApiConnection Open(
        KubernetesClientConfiguration configuration,
        TimeSpan maxAge,
        TimeProvider time,
        params DelegatingHandler[] handlers
    ) => Open(configuration, maxAge, time, handlers, []);

    /// <param name="beneath">Of which each sees every call as it goes over the network, without its limits.</param>
    internal static ApiConnection Open(
        KubernetesClientConfiguration configuration,
        TimeSpan maxAge,
        TimeProvider time,
        DelegatingHandler[] handlers,
        DelegatingHandler[] beneath
    )
    {
        var liveness = new ApiLiveness(time);
        var bounded = new BoundedCalls(time, liveness);
        var client = new Kubernetes(configuration, [.. handlers, bounded, .. beneath]);
        if ((beneath.LastOrDefault() ?? bounded).InnerHandler is SocketsHttpHandler sockets)
        {
            var part = maxAge / 3;
            sockets.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests;
            sockets.KeepAlivePingDelay = sockets.KeepAlivePingTimeout = part > MinPingDelay ? part : MinPingDelay;
            sockets.ConnectTimeout = maxAge > MinPingDelay ? maxAge : MinPingDelay;

            // A server lets a connection carry a hundred streams or so, and each watch is one for as long as it lasts.
            sockets.EnableMultipleHttp2Connections = true;
        }

        return new(client, liveness);
    }

    public void Dispose() => Client.Dispose();
}
