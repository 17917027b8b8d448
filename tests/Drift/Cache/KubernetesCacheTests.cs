using System.Collections.Concurrent;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Sandbox.Api;
using GitOpsOperator.TestKit;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace GitOpsOperator.Drift.Tests.Cache;

public sealed class KubernetesCacheTests
{
    private static readonly OwnerId Owner = new("default");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_what_others_have_it_is_known_that_it_is_there_and_no_byte_of_it_comes_over_the_network()
    {
        await using var server = await ApiServer.StartAsync(new(), Token);
        using var admin = new Kubernetes(server.ClientConfiguration());
        await CreateAsync(admin, "ours", Owner.Label, "somebody");
        await CreateAsync(admin, "others", "another", "somebody");
        await CreateAsync(admin, "nobodys", null, "somebody");
        await CreateAsync(admin, "stripped", null, ObjectLabels.FieldManager);
        await using var world = World.Start(server);
        var maps = world.Request();
        await world.RunAsync();

        Assert.Equal("ours", maps.Find("default", "ours")?.Data["of"]);
        Assert.Equal("stripped", maps.Find("default", "stripped")?.Data["of"]);
        Assert.Equal(("others", null), (maps.Find("default", "others")?.Name(), maps.Find("default", "others")?.Data));
        Assert.Equal(("nobodys", null), (maps.Find("default", "nobodys")?.Name(), maps.Find("default", "nobodys")?.Data));
        Assert.False(Ownership.IsOurs(maps.Find("default", "others")!.Metadata, Owner));
        Assert.False(Ownership.IsOurs(maps.Find("default", "nobodys")!.Metadata, Owner));
        Assert.DoesNotContain(world.Sent, text => text.Contains("body-of-others", StringComparison.Ordinal));
        Assert.DoesNotContain(world.Sent, text => text.Contains("body-of-nobodys", StringComparison.Ordinal));
        Assert.Contains(world.Sent, text => text.Contains("body-of-ours", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_object_that_loses_and_gets_back_its_label_stays_what_it_is()
    {
        await using var server = await ApiServer.StartAsync(new(), Token);
        using var admin = new Kubernetes(server.ClientConfiguration());
        await CreateAsync(admin, "ours", Owner.Label, ObjectLabels.FieldManager);
        await using var world = World.Start(server);
        var seen = new ConcurrentQueue<string?>();
        var maps = world.Request(item => seen.Enqueue(item.Data?["of"]));
        await world.RunAsync();

        foreach (var label in (string?[])[null, Owner.Label, null, Owner.Label])
        {
            var labels = new Dictionary<string, string?> { [ObjectLabels.Owner] = label };
            var patched = await admin.CoreV1.PatchNamespacedConfigMapAsync(
                new V1Patch(new { metadata = new { labels } }, V1Patch.PatchType.MergePatch),
                "ours",
                "default",
                fieldManager: "vandal",
                cancellationToken: Token
            );
            await maps.WaitAsync(objects => objects[new("default", "ours")].ResourceVersion() == patched.ResourceVersion(), Token);
        }

        Assert.Equal(5, seen.Count);
        Assert.All(seen, of => Assert.Equal("ours", of));
        await admin.CoreV1.DeleteNamespacedConfigMapAsync("ours", "default", cancellationToken: Token);
        await maps.WaitAsync(objects => objects.IsEmpty, Token);
    }

    [Fact]
    public async Task Kept_to_namespaces_it_asks_for_nothing_at_the_scope_of_the_cluster_and_sees_nothing_else()
    {
        await using var server = await ApiServer.StartAsync(new(), Token);
        using var admin = new Kubernetes(server.ClientConfiguration());
        await CreateAsync(admin, "ours", Owner.Label, "somebody");
        await CreateAsync(admin, "elsewhere", Owner.Label, "somebody", "kube-public");
        await CreateAsync(admin, "system", Owner.Label, "somebody", "kube-system");
        await using var world = World.Start(server, "default", "kube-system");
        var view = new KubernetesView(world.Cache, secrets: true);
        await world.RunAsync();
        await view.WaitSyncedAsync(Token);

        Assert.Equal(["ours", "system"], view.ConfigMaps.Objects.Values.Select(item => item.Name()).Order());
        Assert.All(
            world.Paths.Where(path => path != "/livez"),
            path => Assert.Matches("^/(api|apis/[a-z]+)/v1/namespaces/(default|kube-system)/", path)
        );
    }

    [Fact]
    public async Task Requests_for_one_kind_share_its_watches()
    {
        await using var server = await ApiServer.StartAsync(new(), Token);
        await using var world = World.Start(server);
        var (one, another) = (new KubernetesView(world.Cache), new KubernetesView(world.Cache, secrets: true));
        await world.RunAsync();
        await Task.WhenAll(one.WaitSyncedAsync(Token), another.WaitSyncedAsync(Token));

        Assert.Same(one.ConfigMaps, another.ConfigMaps);
        await Eventually.TrueAsync(() => world.Watches.Length == 11, () => string.Join('\n', world.Watches), Token);
    }

    private static Task<V1ConfigMap> CreateAsync(
        Kubernetes admin,
        string name,
        string? owner,
        string manager,
        string @namespace = "default"
    )
    {
        var map = new V1ConfigMap
        {
            Metadata = new()
            {
                Name = name,
                Labels = owner is null ? null : new Dictionary<string, string> { [ObjectLabels.Owner] = owner },
            },
            Data = new Dictionary<string, string> { ["of"] = name, ["body"] = $"body-of-{name}" },
        };
        return admin.CoreV1.CreateNamespacedConfigMapAsync(map, @namespace, fieldManager: manager, cancellationToken: Token);
    }

    private sealed class World : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Recorder _recorder = new();
        private readonly ApiConnection _connection;
        private Task _running = Task.CompletedTask;

        private World(ApiServer server, string[] namespaces)
        {
            _connection = ApiConnection.Open(server.ClientConfiguration(), MaxAge, TimeProvider.System, _recorder);
            var options = new CacheOptions { MaxAge = MaxAge, Namespaces = [.. namespaces] };
            Cache = new(_connection, Owner, options, TimeProvider.System, NullLoggerFactory.Instance);
        }

        public KubernetesCache Cache { get; }

        public string[] Sent => [.. _recorder.Answers];

        public string[] Paths => [.. _recorder.Requests.Select(uri => uri.AbsolutePath)];

        public string[] Watches =>
            [
                .. _recorder
                    .Requests.Where(uri => uri.Query.Contains("watch=true", StringComparison.Ordinal))
                    .Select(uri => uri.PathAndQuery),
            ];

        private static TimeSpan MaxAge => TimeSpan.FromSeconds(30);

        public static World Start(ApiServer server, params string[] namespaces) => new(server, namespaces);

        public CachedKind<V1ConfigMap> Request(Action<V1ConfigMap>? changed = null) =>
            Cache.Request<V1ConfigMap>(ApiResources.ConfigMaps, CacheContent.OwnedAndNames, changed ?? (_ => { }));

        public async Task RunAsync()
        {
            _running = Cache.RunAsync(_stop.Token);
            await Task.WhenAll(Cache.Kinds.Select(kind => kind.Synced)).WaitAsync(Token);
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _connection.Dispose();
            _stop.Dispose();
        }
    }

    private sealed class Recorder : DelegatingHandler
    {
        public ConcurrentQueue<Uri> Requests { get; } = [];

        public ConcurrentQueue<string> Answers { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Enqueue(request.RequestUri!);
            var answer = await base.SendAsync(request, cancellationToken);
            if (!request.RequestUri!.Query.Contains("watch=true", StringComparison.Ordinal))
            {
                await answer.Content.LoadIntoBufferAsync(cancellationToken);
                Answers.Enqueue(await answer.Content.ReadAsStringAsync(cancellationToken));
            }

            return answer;
        }
    }
}
