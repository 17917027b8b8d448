using System.Net;
using GitOpsOperator.Sandbox.Dns;
using GitOpsOperator.Sandbox.Watches;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace GitOpsOperator.Sandbox.Tests.Dns;

/// <summary>What etcd, Prometheus and the C library ask, and what comes that nobody ought to ask.</summary>
public sealed class ClusterZoneTests
{
    private const string Client = "orders-client.default.svc.cluster.local";
    private const int NoError = 0,
        FormatError = 1,
        NameError = 3,
        NotImplemented = 4,
        Refused = 5;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_Service_has_the_addresses_of_its_ready_pods()
    {
        var answer = await AskAsync(Message.Query(Client, Message.A));
        Assert.Equal(NoError, answer.Code);
        Assert.Equal(["10.128.0.10", "10.128.0.11"], answer.Answers.Select(record => record.Address.ToString()));
        Assert.All(
            answer.Answers,
            record => Assert.Equal((Client, Message.A, 1, 0u), (record.Name, record.Type, record.Class, record.TimeToLive))
        );
        Assert.Empty(answer.Authorities);
    }

    [Fact]
    public async Task The_question_is_given_back_to_the_letter_and_asked_in_any_case()
    {
        var query = Message.Query("Orders-CLIENT.default.svc.cluster.LOCAL", Message.A);
        var answer = await AskAsync(query);
        Assert.Equal(query[12..], answer.Question);
        Assert.Equal(2, answer.Answers.Count);

        // Authoritative, and recursion was desired but is not to be had.
        Assert.Equal(0x8500, answer.Flags);
    }

    [Fact]
    public async Task A_pod_has_a_name_of_its_own_under_its_headless_Service()
    {
        var answer = await AskAsync(Message.Query("orders-1-0.orders-peers.default.svc.cluster.local", Message.A));
        Assert.Equal("10.128.0.11", Assert.Single(answer.Answers).Address.ToString());
    }

    [Fact]
    public async Task A_named_port_has_a_target_for_each_pod_and_each_target_an_address()
    {
        var peers = await AskAsync(Message.Query("_peer._tcp.orders-peers.default.svc.cluster.local", Message.Srv));
        Assert.Equal(
            [
                (2380, "orders-0-0.orders-peers.default.svc.cluster.local"),
                (2380, "orders-1-0.orders-peers.default.svc.cluster.local"),
                (2380, "orders-2-0.orders-peers.default.svc.cluster.local"),
            ],
            peers.Answers.Select(record => ((int)record.Target.Port, record.Target.Host))
        );

        // Pods that do not name the Service as their own are told apart by their addresses.
        var clients = await AskAsync(Message.Query("_client._tcp.orders-client.default.svc.cluster.local", Message.Srv));
        Assert.Equal("10-128-0-10.orders-client.default.svc.cluster.local", clients.Answers[0].Target.Host);
        foreach (var (record, address) in clients.Answers.Zip(["10.128.0.10", "10.128.0.11"]))
        {
            Assert.Equal(address, Assert.Single((await AskAsync(Message.Query(record.Target.Host, Message.A))).Answers).Address.ToString());
        }
    }

    [Theory, InlineData(Message.Aaaa), InlineData(Message.Srv), InlineData(Message.Ptr), InlineData((ushort)65), InlineData((ushort)0)]
    public async Task A_name_that_is_there_without_such_a_record_is_no_error(ushort type)
    {
        var answer = await AskAsync(Message.Query(Client, type));
        Assert.Equal((NoError, 0), (answer.Code, answer.Answers.Count));
        Assert.Equal(("cluster.local", Message.Soa), (Assert.Single(answer.Authorities).Name, answer.Authorities[0].Type));
    }

    [Theory]
    [InlineData("nobody.default.svc.cluster.local")]
    [InlineData("orders-9-0.orders-peers.default.svc.cluster.local")]
    [InlineData("orders-client.other.svc.cluster.local")]
    [InlineData("example.com")]
    [InlineData("10.0.128.10.in-addr.arpa")]
    [InlineData("")]
    public async Task A_name_that_nobody_has_is_an_error(string name)
    {
        var answer = await AskAsync(Message.Query(name, Message.A));
        Assert.Equal((NameError, 0), (answer.Code, answer.Answers.Count));
        Assert.Equal(Message.Soa, Assert.Single(answer.Authorities).Type);
    }

    [Fact]
    public async Task Who_asks_by_EDNS_is_answered_so()
    {
        var answer = await AskAsync(Message.Query(Client, Message.A, datagram: 4096));
        var own = Assert.Single(answer.Additional);
        Assert.Equal(("", Message.Opt, (ushort)1232, 0u), (own.Name, own.Type, own.Class, own.TimeToLive));
        Assert.Empty((await AskAsync(Message.Query(Client, Message.A))).Additional);
    }

    [Fact]
    public async Task Of_a_version_of_EDNS_that_is_not_known_nothing_is_answered_but_that()
    {
        var answer = await AskAsync(Message.Query(Client, Message.A, datagram: 4096, version: 1));

        // Bad version is 16: 0 in the header, 1 in the extension's upper bits.
        Assert.Equal((0, 0, 0x0100_0000u), (answer.Code, answer.Answers.Count, Assert.Single(answer.Additional).TimeToLive));
    }

    [Fact]
    public async Task What_has_no_room_in_a_datagram_is_to_be_asked_for_again()
    {
        var zone = await ZoneAsync(pods: 100);
        Message Ask(ushort? datagram) => Message.Read(zone.Answer(Message.Query(Client, Message.A, datagram: datagram))!.ToDatagram());

        Assert.Equal((true, 0), (Ask(null).IsTruncated, Ask(null).Answers.Count));
        Assert.Empty(Ask(null).Authorities);
        Assert.True(Ask(1232).IsTruncated);
        var stream = zone.Answer(Message.Query(Client, Message.A))!.ToBytes();
        Assert.Equal((false, 100), (Message.Read(stream).IsTruncated, Message.Read(stream).Answers.Count));

        // 512 bytes without EDNS, and 16 for each address after the header and the question, which have 57: 28 have room.
        zone = await ZoneAsync(pods: 29);
        Assert.Equal((true, 0), (Ask(null).IsTruncated, Ask(null).Answers.Count));
        Assert.Equal((false, 29), (Ask(1232).IsTruncated, Ask(1232).Answers.Count));
        Assert.True(Ask(100).IsTruncated);
        zone = await ZoneAsync(pods: 28);
        Assert.Equal((false, 28), (Ask(null).IsTruncated, Ask(null).Answers.Count));
    }

    [Fact]
    public async Task What_is_asked_for_beside_questions_is_refused()
    {
        Assert.Equal(NotImplemented, (await AskAsync(Message.Query(Client, Message.A, flags: 0x2800))).Code);
        Assert.Equal(Refused, (await AskAsync(Message.Query(Client, Message.A, @class: 3))).Code);
        Assert.Equal(2, (await AskAsync(Message.Query(Client, Message.A, @class: 255))).Answers.Count);
    }

    public static TheoryData<string, byte[]> Malformed =>
        new()
        {
            { "no question", Message.Words(Message.Id, 0, 0, 0, 0, 0) },
            {
                "two questions",
                [
                    .. Message.Words(Message.Id, 0, 2, 0, 0, 0),
                    .. Message.Query(Client, Message.A)[12..],
                    .. Message.Query(Client, Message.Aaaa)[12..],
                ]
            },
            { "a question that ends in its name", Message.Query(Client, Message.A)[..20] },
            { "a question that ends before its type", Message.Query(Client, Message.A)[..^3] },
            { "a label longer than what is left", [.. Message.Words(Message.Id, 0, 1, 0, 0, 0), 60, (byte)'a', 0, 0, 1, 0, 1] },
            { "a label longer than 63", [.. Message.Words(Message.Id, 0, 1, 0, 0, 0), 64, .. new byte[64], 0, 0, 1, 0, 1] },
            { "a name that points to itself", [.. Message.Words(Message.Id, 0, 1, 0, 0, 0), 0xC0, 12, 0, 1, 0, 1] },
            { "a name longer than 255", Message.Query(string.Join('.', Enumerable.Repeat(new string('a', 60), 5)), Message.A) },
            { "an extension that is not there", [.. Message.Words(Message.Id, 0, 1, 0, 0, 1), .. Message.Query(Client, Message.A)[12..]] },
            { "an extension longer than the message", [.. Message.Query(Client, Message.A, datagram: 512)[..^2], 0, 9] },
            { "two extensions", Twice(Message.Query(Client, Message.A, datagram: 512)) },
        };

    [Theory, MemberData(nameof(Malformed))]
    public async Task What_is_malformed_is_told_so(string what, byte[] query)
    {
        var answer = await AskAsync(query);
        Assert.True(answer.Code == FormatError, $"{what}: {answer.Code}");
        Assert.Empty(answer.Question);
    }

    [Fact]
    public async Task What_is_no_query_is_not_answered()
    {
        var zone = await ZoneAsync();
        Assert.Null(zone.Answer(ReadOnlyMemory<byte>.Empty));
        Assert.Null(zone.Answer(Message.Query(Client, Message.A).AsMemory(0, 11)));

        // Two servers that answered each other's answers would never stop.
        Assert.Null(zone.Answer(Message.Query(Client, Message.A, flags: 0x8180)));
        Assert.Null(zone.Answer(zone.Answer(Message.Query(Client, Message.A))!.ToBytes()));
    }

    [Fact]
    public async Task Whatever_comes_is_answered_by_a_message_or_not_at_all()
    {
        var zone = await ZoneAsync();
        var seed = Environment.GetEnvironmentVariable("TEST_SEED") is { Length: > 0 } given ? int.Parse(given, null) : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"TEST_SEED={seed}");
        var random = new Random(seed);
        byte[][] queries =
        [
            Message.Query(Client, Message.A, datagram: 4096),
            Message.Query("_peer._tcp.orders-peers.default.svc.cluster.local", Message.Srv),
        ];
        var answered = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var query = queries[random.Next(queries.Length)][..];
            for (var change = random.Next(6); change >= 0; change--)
            {
                query[2 + random.Next(query.Length - 2)] = (byte)random.Next(256);
            }

            if (zone.Answer(query.AsMemory(0, random.Next(4) == 0 ? random.Next(query.Length) : query.Length)) is { } answer)
            {
                answered++;
                Message.Read(answer.ToBytes());
                Assert.True(answer.ToDatagram().Length <= 1232);
            }
        }

        Assert.True(answered > 5_000, $"only {answered} were answered");
    }

    private static byte[] Twice(byte[] query) => [.. query[..11], 2, .. query[12..], .. query[^11..]];

    private static async Task<Message> AskAsync(byte[] query) => Message.Read((await ZoneAsync()).Answer(query)!.ToBytes());

    internal static async Task<ClusterZone> ZoneAsync(int pods = 3) =>
        new(
            new ServiceRecords(
                await HoldingAsync(Service("orders-peers", publishNotReady: true), Service("orders-client", publishNotReady: false)),
                await HoldingAsync([.. Enumerable.Range(0, pods).Select(index => Pod(index, ready: index < 2 || pods > 3))])
            )
        );

    private static async Task<ObjectCache<T>> HoldingAsync<T>(params T[] objects)
        where T : IKubernetesObject<V1ObjectMeta>
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var cache = new ObjectCache<T>(
            "objects",
            _ => Task.FromResult<(IEnumerable<T>, string)>((objects, "1")),
            Nothing<T>,
            TimeProvider.System,
            NullLogger.Instance
        );
        var running = cache.RunAsync(stop.Token);
        await cache.Listed;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        return cache;
    }

    private static async IAsyncEnumerable<(WatchEventType, T)> Nothing<T>(
        string version,
        Action<Exception> onError,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        yield break;
    }

    private static V1Service Service(string name, bool publishNotReady) =>
        new()
        {
            Metadata = new() { Name = name, NamespaceProperty = "default" },
            Spec = new()
            {
                PublishNotReadyAddresses = publishNotReady,
                Selector = new Dictionary<string, string> { ["app"] = "orders" },
                Ports =
                [
                    new() { Name = "client", Port = 2379 },
                    new()
                    {
                        Name = "peer",
                        Port = 2380,
                        TargetPort = "peer",
                    },
                ],
            },
        };

    private static V1Pod Pod(int index, bool ready) =>
        new()
        {
            Metadata = new()
            {
                Name = $"orders-{index}-0",
                NamespaceProperty = "default",
                Labels = new Dictionary<string, string> { ["app"] = "orders" },
            },
            Spec = new()
            {
                Hostname = $"orders-{index}-0",
                Subdomain = "orders-peers",
                Containers = [new() { Name = "etcd", Ports = [new() { Name = "peer", ContainerPort = 2380 }] }],
            },
            Status = new()
            {
                PodIP = new IPAddress([10, 128, 0, (byte)(10 + index)]).ToString(),
                Phase = "Running",
                Conditions = [new() { Type = "Ready", Status = ready ? "True" : "False" }],
            },
        };
}
