using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Etcdserverpb;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace GitOpsOperator.Sandbox.History;

/// <summary>
/// A client as applications are: it knows the client Service alone, keeps a connection as long as it works, and on a failure connects
/// anew, which resolves the name anew. It begins when the cluster answers, writes without end and logs what it was told.
/// </summary>
/// <param name="from">Address to connect from; null for whichever the machine takes.</param>
public sealed class HistoryWriter(Uri service, string historyPath, TimeProvider time, IPAddress? from = null)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RegisterPause = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);
    private const int RegisterClients = 3;

    /// <summary>
    /// Runs <paramref name="connections"/> writers side by side, so that a put is in flight at any moment, and a few clients that share
    /// keys.
    /// </summary>
    /// <param name="pause">Between two puts of one connection.</param>
    public async Task RunAsync(int connections, TimeSpan pause, CancellationToken cancellationToken)
    {
        await AnsweredAsync(cancellationToken);
        using var log = new PutLog(historyPath);
        using var registers = new AppendedLines(RegisterHistory.PathBeside(historyPath));

        // Another life of this program is another set of clients.
        var number = (int)(Stopwatch.GetTimestamp() % 100_000) * RegisterClients;
        await Task.WhenAll([
            .. Enumerable.Range(0, connections).Select(_ => CallAsync(client => PutAsync(log, client), pause, cancellationToken)),
            .. Enumerable
                .Range(number, RegisterClients)
                .Select(index => new RegisterClient(registers, index, DeadlineFromNow, time))
                .Select(register => CallAsync(register.CallAsync, RegisterPause, cancellationToken)),
        ]);
    }

    private async Task AnsweredAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            using var channel = Connect(service, from);
            try
            {
                await new KV.KVClient(channel).RangeAsync(
                    new() { Key = ByteString.CopyFromUtf8(PutHistory.KeyPrefix) },
                    deadline: DeadlineFromNow(),
                    cancellationToken: cancellationToken
                );
                return;
            }
            catch (RpcException) when (!cancellationToken.IsCancellationRequested)
            {
                // There is no such cluster yet, or it has no leader yet.
                await Task.Delay(PauseAfterFailure, time, cancellationToken);
            }
        }
    }

    /// <summary>Calls again and again on one connection, and on a new one where a call says that the old one is of no more use.</summary>
    private async Task CallAsync(Func<KV.KVClient, Task<bool>> call, TimeSpan pause, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            using var channel = Connect(service, from);
            var client = new KV.KVClient(channel);
            try
            {
                while (await call(client) && !cancellationToken.IsCancellationRequested)
                {
                    await Task.Delay(pause, time, cancellationToken);
                }

                await Task.Delay(PauseAfterFailure, time, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task<bool> PutAsync(PutLog log, KV.KVClient client)
    {
        var number = log.TakeNumber();
        log.Append(new(number, Now(), PutOutcome.Sent));
        var put = new PutRequest
        {
            Key = ByteString.CopyFromUtf8(PutHistory.KeyOf(number)),
            Value = ByteString.CopyFromUtf8(PutHistory.ValueOf(number)),
        };
        try
        {
            var answer = await client.PutAsync(put, deadline: DeadlineFromNow(), cancellationToken: CancellationToken.None);
            log.Append(new(number, Now(), PutOutcome.Ok, answer.Header.Revision));
        }
        catch (RpcException failure)
        {
            log.Append(
                new(
                    number,
                    Now(),
                    IsRefusal(failure) ? PutOutcome.Error : PutOutcome.Unknown,
                    Detail: $"{failure.StatusCode}: {failure.Status.Detail}"
                )
            );
            return false;
        }

        return await ReadBackAsync(client, put);
    }

    private async Task<bool> ReadBackAsync(KV.KVClient client, PutRequest put)
    {
        RangeResponse read;
        try
        {
            read = await client.RangeAsync(new() { Key = put.Key }, deadline: DeadlineFromNow(), cancellationToken: CancellationToken.None);
        }
        catch (RpcException)
        {
            // The put stands in the history as acknowledged and is looked for at the end; this connection is of no more use.
            return false;
        }

        return read.Kvs.Count == 1 && read.Kvs[0].Value.Equals(put.Value)
            ? true
            : throw new InvalidDataException($"{put.Key.ToStringUtf8()} was acknowledged, and a linearizable read does not find it");
    }

    /// <summary>Only an answer that etcd gives before it proposes anything says that nothing was written, or that nothing could be
    /// sent.</summary>
    internal static bool IsRefusal(RpcException failure) =>
        failure.StatusCode
            is StatusCode.InvalidArgument
                or StatusCode.Unauthenticated
                or StatusCode.PermissionDenied
                or StatusCode.ResourceExhausted
        || failure.Status.DebugException
            is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError };

    private DateTime DeadlineFromNow() => time.GetUtcNow().UtcDateTime + Deadline;

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    internal static GrpcChannel Connect(Uri service, IPAddress? from = null)
    {
        var handler = new SocketsHttpHandler { ConnectTimeout = ConnectTimeout, UseProxy = false };
        if (from is not null)
        {
            handler.ConnectCallback = async (context, token) => await ConnectAsync(context.DnsEndPoint, from, token);
        }

        return GrpcChannel.ForAddress(service, new() { HttpHandler = handler, DisposeHttpClient = true });
    }

    /// <summary>One address after the other, as without a choice of the own one.</summary>
    private static async Task<Stream> ConnectAsync(DnsEndPoint service, IPAddress from, CancellationToken cancellationToken)
    {
        SocketException? last = null;
        foreach (var address in await System.Net.Dns.GetHostAddressesAsync(service.Host, from.AddressFamily, cancellationToken))
        {
            var socket = new Socket(from.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                socket.Bind(new IPEndPoint(from, 0));
                await socket.ConnectAsync(address, service.Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException e)
            {
                last = e;
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }
}
