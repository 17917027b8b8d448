using System.Net;
using System.Net.Sockets;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Live.Access;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Reconcile.Steps;
using GitOpsOperator.Sandbox.Api;
using GitOpsOperator.Specs;
using GitOpsOperator.TestKit.Etcd;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace GitOpsOperator.Domains.Etcd.Tests.Execution;

/// <summary>
/// The in-process API server, and a real etcd for the seed, reached under the name that it has in a cluster. There is no DNS here, so
/// members cannot reach each other: this is a world for one member and for what a cluster of one can be told.
/// </summary>
internal sealed class OneMemberWorld : IAsyncDisposable
{
    public static readonly ClusterKey Cluster = new("etcd", "default", "orders");
    public static readonly EtcdNames Names = new(Cluster);
    public static readonly OwnerId Owner = new("default");

    /// <summary>No sign of life has to be asked for in the time that a test takes.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);

    private readonly ApiServer _api;
    private readonly ApiConnection _connection;
    private readonly CancellationTokenSource _stop = new();
    private readonly CountingHandler _counter = new();
    internal EtcdEndpoints Endpoints { get; }
    private readonly Task _watching;

    private OneMemberWorld(ApiServer api, string version)
    {
        _api = api;
        Version = version;
        _connection = ApiConnection.Open(api.ClientConfiguration(), MaxAge, TimeProvider.System, _counter);
        Client = _connection.Client;
        Cache = new(_connection, Owner, new() { MaxAge = MaxAge }, TimeProvider.System, NullLoggerFactory.Instance);
        View = new(Cache);
        Seed = new(version, "orders-0", Names.PeerUrl(0));
        Endpoints = new(EtcdEndpoints.DefaultDeadline, TimeProvider.System, DialAsync);
        Observer = new(
            View,
            new NodeStates(Client),
            Endpoints,
            new EtcdObserverOptions { Settle = EtcdObserverOptions.ShortestSettle },
            TimeProvider.System
        );
        Executor = new(Client, View, Endpoints, new EtcdExecutorOptions { Leadership = Leadership }, TimeProvider.System);
        _watching = Cache.RunAsync(_stop.Token);
    }

    public string Version { get; }

    public IKubernetes Client { get; }

    public KubernetesCache Cache { get; }

    public KubernetesView View { get; }

    public EtcdObserver Observer { get; }

    public EtcdExecutor Executor { get; }

    public EtcdProcess Seed { get; }

    public LimitedLeadership Leadership { get; } = new();

    /// <summary>Who answers under the seed's name; null for the seed itself.</summary>
    public EtcdProcess? Answers { get; set; }

    /// <summary>Requests that were sent to the API server so far.</summary>
    public int KubernetesCalls => _counter.Count;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<OneMemberWorld> StartAsync(string version)
    {
        var world = new OneMemberWorld(await ApiServer.StartAsync(new ApiServerOptions(), Token), version);
        await world.View.WaitSyncedAsync(Token);
        return world;
    }

    /// <summary>With a record and a seed that serves.</summary>
    public static async Task<OneMemberWorld> StartSeededAsync()
    {
        var world = await StartAsync("3.5.16");
        Assert.IsType<StepOutcome.Done>(await world.ExecuteAsync(new EtcdStep.WriteRecord(Record(1), "the seed is about to start")));
        Assert.IsType<StepOutcome.Done>(await world.ExecuteAsync(new EtcdStep.StartSeed(0)));
        await world.RunSeedAsync();
        return world;
    }

    public static EtcdRecord Record(int nextIndex) =>
        new()
        {
            OwnerId = Owner.Value,
            Incarnation = "incarnation-1",
            NextIndex = nextIndex,
        };

    public EtcdDesired Desired(int size) =>
        new(
            Cluster,
            Owner,
            "https://git.example/platform.git",
            new AcceptedSpec(
                $"commit-of-size-{size}",
                "etcd/orders.yaml",
                1,
                $"blob-of-size-{size}",
                new EtcdSpec
                {
                    Size = size,
                    Version = EtcdVersion.TryParse(Version, out var parsed) ? parsed : throw new InvalidOperationException(Version),
                    Storage = new EtcdStorage.Persistent(Quantity.TryParse("1Gi", out var quantity) ? quantity : default, null),
                }
            ),
            "incarnation-1"
        );

    public Task<EtcdLive> ObserveAsync() => Observer.ObserveAsync(Cluster, Owner, Token);

    /// <summary>Observes and executes, as a pass does.</summary>
    public async Task<StepOutcome> ExecuteAsync(EtcdStep step, EtcdLive? live = null, TimeSpan age = default)
    {
        var before = TimeProvider.System.GetTimestamp() - (long)(age.TotalSeconds * TimeProvider.System.TimestampFrequency);
        return await Executor.ExecuteAsync(Desired(1), live ?? await ObserveAsync(), before, step, Token);
    }

    /// <summary>Waits for the seed's StatefulSet and does what a cluster would: makes its pod and starts etcd from the boot
    /// ConfigMap.</summary>
    public async Task RunSeedAsync()
    {
        await View.StatefulSets.WaitAsync(objects => objects.ContainsKey(new("default", "orders-0")), Token);
        var boot = await Client.CoreV1.ReadNamespacedConfigMapAsync(Names.Boot(0), "default", cancellationToken: Token);
        Seed.Start(boot.Data[EtcdBoot.StateKey], boot.Data[EtcdBoot.InitialClusterKey]);
        await Seed.WaitReadyAsync(Token);
        var template = (await Client.AppsV1.ReadNamespacedStatefulSetAsync("orders-0", "default", cancellationToken: Token)).Spec.Template;
        template.Spec.Volumes =
        [
            new V1Volume
            {
                Name = "data",
                PersistentVolumeClaim = new V1PersistentVolumeClaimVolumeSource { ClaimName = Names.Claim(0) },
            },
        ];
        var pod = await Client.CoreV1.CreateNamespacedPodAsync(
            new V1Pod
            {
                Metadata = new V1ObjectMeta { Name = Names.Pod(0), Labels = template.Metadata.Labels },
                Spec = template.Spec,
            },
            "default",
            cancellationToken: Token
        );
        pod.Status = new V1PodStatus { Phase = "Running", Conditions = [new V1PodCondition { Type = "Ready", Status = "True" }] };
        await Client.CoreV1.ReplaceNamespacedPodStatusAsync(pod, pod.Metadata.Name, "default", cancellationToken: Token);
        await View.Pods.WaitAsync(objects => objects.Values.Any(item => item.Status?.Phase == "Running"), Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Endpoints.Dispose();
        _connection.Dispose();
        await _api.DisposeAsync();
        await Seed.DisposeAsync();
        _stop.Dispose();
    }

    private async ValueTask<Stream> DialAsync(DnsEndPoint member, CancellationToken cancellationToken)
    {
        if (member.Host != Names.PodHost(0) || member.Port != EtcdNames.ClientPort)
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, (Answers ?? Seed).ClientPort, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private sealed class CountingHandler : DelegatingHandler
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _count);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
