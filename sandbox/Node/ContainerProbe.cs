using System.Globalization;
using System.Net;
using System.Net.Sockets;
using GitOpsOperator.Sandbox.Api;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Node;

/// <summary>Asks a container whether it is well, in the way that its probe says.</summary>
internal sealed class ContainerProbe(V1Container container, IPAddress podIp, ContainerProcess process) : IDisposable
{
#pragma warning disable CA5359 // A probe judges whether the server answers; a kubelet does not verify its certificate either.
    private readonly HttpClient _http = new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            SslOptions = new() { RemoteCertificateValidationCallback = (_, _, _, _) => true },

            // Each probe is a connection of its own, as a client's first one would be.
            PooledConnectionLifetime = TimeSpan.Zero,
        }
    );
#pragma warning restore CA5359

    public void Dispose() => _http.Dispose();

    /// <summary>Null when the container is well, otherwise what was wrong.</summary>
    public async Task<string?> AskAsync(V1Probe probe, TimeProvider time, CancellationToken cancellationToken)
    {
        var timeout = TimeSpan.FromSeconds(probe.TimeoutSeconds ?? 1);
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return probe switch
            {
                { HttpGet: { } http } => await HttpAsync(http, either.Token),
                { TcpSocket: { } tcp } => await TcpAsync(tcp, either.Token),
                { Exec: { } exec } => await process.ExecAsync(exec.Command, CommandStreams.None, either.Token) is not 0 and var code
                    ? $"command ended with {code}"
                    : null,
                _ => "the sandbox knows httpGet, tcpSocket and exec probes only",
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {timeout.TotalSeconds} s";
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or IOException)
        {
            return e.Message;
        }
    }

    private async Task<string?> HttpAsync(V1HTTPGetAction action, CancellationToken cancellationToken)
    {
        var scheme = action.Scheme == "HTTPS" ? "https" : "http";
        var host = string.IsNullOrEmpty(action.Host) ? podIp.ToString() : action.Host;
        var path = (action.Path ?? "/").TrimStart('/');
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{scheme}://{host}:{Port(action.Port)}/{path}");
        request.Headers.UserAgent.ParseAdd("kube-probe/sandbox");
        request.Headers.ConnectionClose = true;
        foreach (var header in action.HttpHeaders ?? [])
        {
            request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return (int)answer.StatusCode is >= 200 and < 400 ? null : $"HTTP probe failed with statuscode: {(int)answer.StatusCode}";
    }

    private async Task<string?> TcpAsync(V1TCPSocketAction action, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(
            string.IsNullOrEmpty(action.Host) ? podIp : IPAddress.Parse(action.Host),
            Port(action.Port),
            cancellationToken
        );
        return null;
    }

    private int Port(k8s.Models.IntOrString port) =>
        int.TryParse(port.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : container.Ports?.FirstOrDefault(named => named.Name == port.Value)?.ContainerPort
                ?? throw new HttpRequestException($"container {container.Name} has no port named {port.Value}");
}
