using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Etcdserverpb;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace GitOpsOperator.Domains.Etcd.Live.Access;

/// <summary>
/// One member, spoken to at its own client URL and at no other: what it says of itself is worth nothing if another member may have
/// answered. Every call has a deadline, measured on the monotonic clock.
/// </summary>
public sealed partial class EtcdEndpoint : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly TimeSpan _deadline;
    private readonly TimeProvider _time;

    /// <param name="dial">
    /// How to connect to a member's host and port; null where the members' names resolve, as they do inside the cluster.
    /// </param>
    public EtcdEndpoint(string url, TimeSpan deadline, TimeProvider time, Dial? dial = null)
    {
        Url = url;
        _deadline = deadline;
        _time = time;
        _channel = GrpcChannel.ForAddress(
            url,
            new GrpcChannelOptions
            {
                HttpHandler = new SocketsHttpHandler
                {
                    ConnectTimeout = deadline,
                    EnableMultipleHttp2Connections = true,
                    UseProxy = false,
                    ConnectCallback = dial is null ? null : (context, token) => dial(context.DnsEndPoint, token),
                },
                DisposeHttpClient = true,
            }
        );
    }

    public string Url { get; }

    /// <summary>What the member says of itself; <see cref="EndpointStatus.LinearizableRead"/> is left false.</summary>
    public async Task<EndpointStatus> StatusAsync(CancellationToken cancellationToken)
    {
        var status = await CallAsync(
            "Status",
            token => new Maintenance.MaintenanceClient(_channel).StatusAsync(new(), Options(token)),
            cancellationToken
        );
        return new(
            status.Header.ClusterId,
            status.Header.MemberId,
            status.Leader,
            status.RaftTerm,
            status.RaftIndex,
            status.RaftAppliedIndex,
            status.IsLearner,
            LinearizableRead: false,
            status.Version,
            status.DbSize,
            AlarmsOf(status)
        );
    }

    /// <summary>Reads through quorum. Throws unless the member could.</summary>
    public Task ReadLinearizablyAsync(CancellationToken cancellationToken) =>
        CallAsync(
            "Range",
            token =>
                new KV.KVClient(_channel).RangeAsync(
                    new()
                    {
                        Key = ByteString.CopyFromUtf8("health"),
                        CountOnly = true,
                        Serializable = false,
                    },
                    Options(token)
                ),
            cancellationToken
        );

    /// <summary>
    /// The member list as of now. etcd 3.4 answers MemberList from what the member happens to have applied, so a linearizable read goes
    /// first: once it has returned, every earlier change has been applied there.
    /// </summary>
    public async Task<MembershipLive> MembershipAsync(CancellationToken cancellationToken)
    {
        await ReadLinearizablyAsync(cancellationToken);
        var list = await CallAsync(
            "MemberList",
            token => new Cluster.ClusterClient(_channel).MemberListAsync(new() { Linearizable = true }, Options(token)),
            cancellationToken
        );
        return new(list.Header.ClusterId, [.. list.Members.Select(Entry)]);
    }

    /// <returns>The entry of the new learner.</returns>
    public async Task<MemberEntry> AddLearnerAsync(string peerUrl, CancellationToken cancellationToken)
    {
        var added = await CallAsync(
            "MemberAdd",
            token => new Cluster.ClusterClient(_channel).MemberAddAsync(new() { PeerURLs = { peerUrl }, IsLearner = true }, Options(token)),
            cancellationToken
        );
        return Entry(added.Member);
    }

    public Task PromoteAsync(ulong memberId, CancellationToken cancellationToken) =>
        CallAsync(
            "MemberPromote",
            token => new Cluster.ClusterClient(_channel).MemberPromoteAsync(new() { ID = memberId }, Options(token)),
            cancellationToken
        );

    public Task RemoveAsync(ulong memberId, CancellationToken cancellationToken) =>
        CallAsync(
            "MemberRemove",
            token => new Cluster.ClusterClient(_channel).MemberRemoveAsync(new() { ID = memberId }, Options(token)),
            cancellationToken
        );

    /// <summary>Only the leader takes this.</summary>
    public Task MoveLeaderAsync(ulong toMemberId, CancellationToken cancellationToken) =>
        CallAsync(
            "MoveLeader",
            token => new Maintenance.MaintenanceClient(_channel).MoveLeaderAsync(new() { TargetID = toMemberId }, Options(token)),
            cancellationToken
        );

    public void Dispose() => _channel.Dispose();

    private static CallOptions Options(CancellationToken cancellationToken) => new(cancellationToken: cancellationToken);

    private async Task<T> CallAsync<T>(string call, Func<CancellationToken, AsyncUnaryCall<T>> send, CancellationToken cancellationToken)
    {
        var begun = _time.GetTimestamp();
        using var deadline = new CancellationTokenSource(_deadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using var sent = send(either.Token);
            var answer = await sent.ResponseAsync;
            EtcdMetrics.Count(call, "ok", _time.GetElapsedTime(begun));
            return answer;
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            var (failure, detail) = Classify(e, deadline.IsCancellationRequested);
            EtcdMetrics.Count(call, failure.ToString(), _time.GetElapsedTime(begun));
            throw new EtcdCallException(Url, call, failure, detail, e);
        }
        catch (RpcException e)
        {
            throw new OperationCanceledException($"etcd {call} at {Url} was cancelled", e, cancellationToken);
        }
    }

    private (EtcdFailure Failure, string Detail) Classify(Exception e, bool deadlinePassed) =>
        e switch
        {
            _ when deadlinePassed => (EtcdFailure.TimedOut, $"no answer within {_deadline.TotalSeconds} s"),
            RpcException { StatusCode: StatusCode.DeadlineExceeded } rpc => (EtcdFailure.TimedOut, rpc.Status.Detail),
            RpcException { StatusCode: StatusCode.NotFound } rpc => (EtcdFailure.NotFound, rpc.Status.Detail),
            RpcException { StatusCode: StatusCode.FailedPrecondition or StatusCode.ResourceExhausted or StatusCode.InvalidArgument } rpc =>
                (EtcdFailure.Refused, rpc.Status.Detail),
            RpcException { StatusCode: StatusCode.Unavailable } rpc
                when rpc.Status.Detail.Contains("for learner", StringComparison.Ordinal) => (EtcdFailure.Learner, rpc.Status.Detail),

            RpcException { StatusCode: StatusCode.Unavailable } rpc
                when rpc.Status.Detail.StartsWith("etcdserver: unhealthy cluster", StringComparison.Ordinal) => (
                EtcdFailure.UnhealthyCluster,
                rpc.Status.Detail
            ),

            // Unavailable is also etcd's own answer: "no leader", "request timed out".
            RpcException { StatusCode: StatusCode.Unavailable } rpc
                when rpc.Status.Detail.StartsWith("etcdserver:", StringComparison.Ordinal) => (EtcdFailure.Refused, rpc.Status.Detail),
            RpcException { StatusCode: StatusCode.Unavailable } rpc => (EtcdFailure.Unreachable, rpc.Status.Detail),
            RpcException rpc => (EtcdFailure.Fault, $"{rpc.StatusCode}: {rpc.Status.Detail}"),
            _ => (EtcdFailure.Fault, e.Message),
        };

    private static MemberEntry Entry(Member member) =>
        new(member.ID, member.Name, string.Join(',', member.PeerURLs.Order(StringComparer.Ordinal)), member.IsLearner);

    /// <summary>
    /// Alarms are read from the status' errors, where etcd lists them as <c>memberID:… alarm:…</c>: the Alarm call itself goes through
    /// consensus and would write to the log of every cluster at each look.
    /// </summary>
    private static ImmutableArray<string> AlarmsOf(StatusResponse status)
    {
        var self = status.Header.MemberId.ToString(CultureInfo.InvariantCulture);
        return
        [
            .. status
                .Errors.SelectMany(error => Alarm().Matches(error))
                .Where(match => match.Groups["member"].Value == self)
                .Select(match => match.Groups["alarm"].Value)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
    }

    [GeneratedRegex(@"memberID:(?<member>\d+)\s+alarm:(?<alarm>\w+)", RegexOptions.CultureInvariant)]
    private static partial Regex Alarm();
}
