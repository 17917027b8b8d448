using System.Net.Sockets;
using Etcdserverpb;
using GitOpsOperator.Sandbox.Launch;
using Grpc.Core;
using Grpc.Net.Client;

namespace GitOpsOperator.Sandbox.Storm;

/// <summary>A member as it answers for itself.</summary>
/// <param name="Id">Its own.</param>
/// <param name="Applied">Index up to which it has applied the log.</param>
/// <param name="Committed">Index that it knows to be committed.</param>
internal sealed record MemberAnswer(ulong Id, ulong Leader, ulong Term, ulong Applied, ulong Committed, bool IsLearner);

/// <summary>Asks members of etcd one by one, from the node's own address, through the sandbox's control socket.</summary>
internal sealed class MemberAnswers(string controlSocket, TimeProvider time)
{
    public const int ClientPort = 2379;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    /// <summary>A connection to an address of the inside.</summary>
    public GrpcChannel Connect(string host) =>
        GrpcChannel.ForAddress(
            $"http://{host}:{ClientPort}",
            new()
            {
                HttpHandler = new SocketsHttpHandler
                {
                    ConnectTimeout = Deadline,
                    UseProxy = false,
                    ConnectCallback = async (context, token) =>
                        new NetworkStream(
                            await ControlClient.ConnectAsync(controlSocket, context.DnsEndPoint.Host, context.DnsEndPoint.Port, token),
                            ownsSocket: true
                        ),
                },
                DisposeHttpClient = true,
            }
        );

    /// <summary>Null where it does not answer.</summary>
    public Task<MemberAnswer?> StatusAsync(string address, CancellationToken cancellationToken) =>
        AskAsync(
            address,
            async channel =>
            {
                var answer = await new Maintenance.MaintenanceClient(channel).StatusAsync(
                    new(),
                    deadline: DeadlineFromNow(),
                    cancellationToken: cancellationToken
                );
                return new MemberAnswer(
                    answer.Header.MemberId,
                    answer.Leader,
                    answer.RaftTerm,
                    answer.RaftAppliedIndex,
                    answer.RaftIndex,
                    answer.IsLearner
                );
            },
            cancellationToken
        );

    /// <summary>The members that it lists; null where it does not answer.</summary>
    /// <param name="agreed">Only as a majority has it; what it holds itself otherwise.</param>
    public Task<IReadOnlyList<Member>?> ListAsync(string address, bool agreed, CancellationToken cancellationToken) =>
        AskAsync(
            address,
            async channel =>
            {
                var answer = await new Cluster.ClusterClient(channel).MemberListAsync(
                    new() { Linearizable = agreed },
                    deadline: DeadlineFromNow(),
                    cancellationToken: cancellationToken
                );
                return (IReadOnlyList<Member>)answer.Members;
            },
            cancellationToken
        );

    private async Task<T?> AskAsync<T>(string address, Func<GrpcChannel, Task<T>> ask, CancellationToken cancellationToken)
        where T : class
    {
        using var channel = Connect(address);
        try
        {
            return await ask(channel);
        }
        catch (RpcException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    private DateTime DeadlineFromNow() => time.GetUtcNow().UtcDateTime + Deadline;
}
