using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using GitOpsOperator.Sandbox.Api;
using k8s;
using k8s.Models;
using static GitOpsOperator.Sandbox.Tests.Api.Samples;

namespace GitOpsOperator.Sandbox.Tests.Api;

/// <summary>What is the in-process server's own: who gets in, what is refused by name, and its limits.</summary>
public sealed class ApiServerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer wrong")]
    public async Task Without_the_token_nothing_is_answered_but_health(string? authorization)
    {
        await using var server = await ApiServer.StartAsync(new ApiServerOptions(), Ct);
        using var http = Http(authorization);
        using var refused = await http.GetAsync(new Uri(server.Url + "/api/v1/namespaces"), Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal(401, KubernetesJson.Deserialize<V1Status>(await refused.Content.ReadAsStringAsync(Ct)).Code);
        Assert.Equal("ok", await http.GetStringAsync(new Uri(server.Url + "/readyz"), Ct));
    }

    [Fact]
    public async Task A_client_that_trusts_another_authority_does_not_connect()
    {
        await using var server = await ApiServer.StartAsync(new ApiServerOptions(), Ct);
        await using var other = await ApiServer.StartAsync(new ApiServerOptions(), Ct);
        var mixed = other.ClientConfiguration();
        mixed.Host = server.Url;
        using var client = new Kubernetes(mixed);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.CoreV1.ListNamespaceAsync(cancellationToken: Ct));
    }

    [Theory]
    [InlineData("GET", "/api/v1/namespaces/default/replicationcontrollers", "replicationcontrollers")]
    [InlineData("GET", "/apis/apps/v1/daemonsets", "daemonsets")]
    [InlineData("POST", "/apis/batch/v1/namespaces/default/jobs", "jobs")]
    [InlineData("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "selfsubjectaccessreviews")]
    [InlineData("POST", "/api/v1/namespaces/default/pods/p/attach", "pods/attach")]
    [InlineData("PATCH", "/api/v1/namespaces/default/pods/p/ephemeralcontainers", "pods/ephemeralcontainers")]
    [InlineData("GET", "/openapi/v2", "OpenAPI v2")]
    public async Task What_it_does_not_do_it_says_by_name(string method, string path, string name)
    {
        await using var server = await ApiServer.StartAsync(new ApiServerOptions(), Ct);
        using var http = Http(Bearer(server));
        using var request = new HttpRequestMessage(new HttpMethod(method), server.Url + path);
        using var response = await http.SendAsync(request, Ct);
        Assert.Equal(501, (int)response.StatusCode);
        Assert.Contains(
            name,
            KubernetesJson.Deserialize<V1Status>(await response.Content.ReadAsStringAsync(Ct)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_claim_grows_once_it_is_bound_and_never_shrinks()
    {
        await using var server = await ApiServer.StartAsync(new ApiServerOptions(), Ct);
        using var client = new Kubernetes(server.ClientConfiguration());
        await client.CoreV1.CreateNamespacedPersistentVolumeClaimAsync(Claim("data"), "default", cancellationToken: Ct);
        Assert.Contains("immutable after creation", (await RefusalAsync(() => AskAsync("2Gi"))).Message, StringComparison.Ordinal);

        await client.CoreV1.PatchNamespacedPersistentVolumeClaimStatusAsync(
            new V1Patch(new { status = new { phase = "Bound" } }, V1Patch.PatchType.MergePatch),
            "data",
            "default",
            cancellationToken: Ct
        );
        Assert.Equal("2Gi", (await AskAsync("2Gi")).Spec.Resources.Requests["storage"].ToString());
        Assert.Contains(
            "can not be less than previous value",
            (await RefusalAsync(() => AskAsync("1Gi"))).Message,
            StringComparison.Ordinal
        );

        Task<V1PersistentVolumeClaim> AskAsync(string size) =>
            client.CoreV1.PatchNamespacedPersistentVolumeClaimAsync(
                new V1Patch(new { spec = new { resources = new { requests = new { storage = size } } } }, V1Patch.PatchType.MergePatch),
                "data",
                "default",
                cancellationToken: Ct
            );
    }

    [Fact]
    public async Task A_watch_from_before_the_history_is_told_410()
    {
        await using var server = await ApiServer.StartAsync(new ApiServerOptions { HistoryLimit = 5 }, Ct);
        using var client = new Kubernetes(server.ClientConfiguration());
        var first = await client.CoreV1.CreateNamespacedConfigMapAsync(ConfigMap("first"), "default", cancellationToken: Ct);
        for (var i = 0; i < 6; i++)
        {
            await client.CoreV1.CreateNamespacedConfigMapAsync(ConfigMap($"next-{i}"), "default", cancellationToken: Ct);
        }

        var errors = new List<Exception>();
        var seen = 0;
        await foreach (
            var _ in client.CoreV1.WatchListNamespacedConfigMapAsync(
                "default",
                resourceVersion: first.Metadata.ResourceVersion,
                onError: errors.Add,
                cancellationToken: Ct
            )
        )
        {
            seen++;
        }

        Assert.Equal(0, seen);
        var error = Assert.IsType<KubernetesException>(Assert.Single(errors));
        Assert.Equal((410, "Expired"), (error.Status.Code, error.Status.Reason));
    }

    [Fact]
    public async Task Pages_of_a_state_that_is_forgotten_are_told_410_and_how_to_get_the_rest()
    {
        await using var server = await ApiServer.StartAsync(new ApiServerOptions { HistoryLimit = 5 }, Ct);
        using var client = new Kubernetes(server.ClientConfiguration());
        await WriteAsync("a", "b", "c");
        var first = await client.CoreV1.ListNamespacedConfigMapAsync("default", limit: 2, cancellationToken: Ct);
        await WriteAsync("d", "e", "f", "g", "h");
        Assert.Equal("c", Assert.Single((await NextAsync(first.Metadata.ContinueProperty)).Items).Metadata.Name);

        await WriteAsync("i");
        var refusal = await RefusalAsync(() => NextAsync(first.Metadata.ContinueProperty));
        Assert.Equal((410, "Expired"), (refusal.Code, refusal.Reason));
        var rest = await NextAsync(refusal.Metadata.ContinueProperty);
        Assert.Equal(["c", "d", "e", "f", "g", "h", "i"], rest.Items.Select(map => map.Metadata.Name));
        Assert.NotEqual(first.Metadata.ResourceVersion, rest.Metadata.ResourceVersion);

        Task<V1ConfigMapList> NextAsync(string next) =>
            client.CoreV1.ListNamespacedConfigMapAsync("default", continueParameter: next, cancellationToken: Ct);

        async Task WriteAsync(params string[] names)
        {
            foreach (var name in names)
            {
                await client.CoreV1.CreateNamespacedConfigMapAsync(ConfigMap(name), "default", cancellationToken: Ct);
            }
        }
    }

    [Fact]
    public async Task Bookmarks_carry_the_version_forward_past_other_objects()
    {
        await using var server = await ApiServer.StartAsync(new ApiServerOptions { BookmarkInterval = TimeSpan.FromMilliseconds(100) }, Ct);
        using var client = new Kubernetes(server.ClientConfiguration());
        var list = await client.CoreV1.ListNamespacedPodAsync("default", cancellationToken: Ct);
        var other = await client.CoreV1.CreateNamespacedConfigMapAsync(ConfigMap("a"), "default", cancellationToken: Ct);
        await foreach (
            var (type, pod) in client.CoreV1.WatchListNamespacedPodAsync(
                "default",
                allowWatchBookmarks: true,
                resourceVersion: list.Metadata.ResourceVersion,
                cancellationToken: Ct
            )
        )
        {
            Assert.Equal(WatchEventType.Bookmark, type);
            Assert.True(long.Parse(pod.Metadata.ResourceVersion) >= long.Parse(other.Metadata.ResourceVersion));
            break;
        }
    }

    [Fact]
    public async Task Streamed_lists_end_with_a_marked_bookmark()
    {
        await using var server = await ApiServer.StartAsync(new ApiServerOptions(), Ct);
        using var client = new Kubernetes(server.ClientConfiguration());
        await client.CoreV1.CreateNamespacedPodAsync(Pod("p"), "default", cancellationToken: Ct);
        var types = new List<WatchEventType>();
        await foreach (
            var (type, pod) in client.CoreV1.WatchListNamespacedPodAsync(
                "default",
                allowWatchBookmarks: true,
                sendInitialEvents: true,
                resourceVersionMatch: "NotOlderThan",
                cancellationToken: Ct
            )
        )
        {
            types.Add(type);
            if (type == WatchEventType.Bookmark)
            {
                Assert.Equal("true", pod.Metadata.Annotations["k8s.io/initial-events-end"]);
                break;
            }
        }

        Assert.Equal([WatchEventType.Added, WatchEventType.Bookmark], types);
    }

    [Fact]
    public void A_follower_that_lags_too_far_behind_is_ended_and_the_others_are_not()
    {
        var store = new Store(historyLimit: 100, watchBuffer: 3);
        using var slow = store.Subscribe(Kinds.Pod, null, store.Revision);
        using var other = store.Subscribe(Kinds.Namespace, null, store.Revision);
        var writes = new Writes(store, TimeProvider.System);
        foreach (var name in new[] { "default", "more" })
        {
            writes.Create(
                Kinds.Namespace,
                "",
                new System.Text.Json.Nodes.JsonObject { ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["name"] = name } },
                new WriteOptions("test")
            );
        }

        for (var i = 0; i < 4; i++)
        {
            writes.Create(
                Kinds.Pod,
                "default",
                System.Text.Json.Nodes.JsonNode.Parse(KubernetesJson.Serialize(Pod($"p{i}")))!,
                new WriteOptions("test")
            );
        }

        var told = 0;
        while (slow.Changes.TryRead(out _))
        {
            told++;
        }

        Assert.Equal((3, true, false), (told, slow.Changes.Completion.IsCompleted, other.Changes.Completion.IsCompleted));
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused()
    {
        await using var server = await ApiServer.StartAsync(new ApiServerOptions { MaxBodyBytes = 2_000 }, Ct);
        using var client = new Kubernetes(server.ClientConfiguration());
        var refusal = await RefusalAsync(() =>
            client.CoreV1.CreateNamespacedConfigMapAsync(ConfigMap("big", ("k", new string('x', 3_000))), "default", cancellationToken: Ct)
        );
        Assert.Equal((413, "RequestEntityTooLarge"), (refusal.Code, refusal.Reason));
    }

    [Theory]
    [InlineData("{", 400)]
    [InlineData("[]", 400)]
    [InlineData("null", 400)]
    [InlineData("""{"metadata":{"name":"a"},"data":{"k":1}}""", 400)]
    [InlineData("""{"metadata":{"name":"a"},"metadata":{"name":"b"}}""", 400)]
    [InlineData("""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"}}""", 400)]
    [InlineData("""{"metadata":{}}""", 422)]
    public async Task A_body_that_is_no_object_of_the_kind_is_refused(string body, int code)
    {
        await using var server = await ApiServer.StartAsync(new ApiServerOptions(), Ct);
        using var http = Http(Bearer(server));
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(server.Url + "/api/v1/namespaces/default/configmaps"), content, Ct);
        Assert.Equal(code, (int)response.StatusCode);
        Assert.Equal(code, KubernetesJson.Deserialize<V1Status>(await response.Content.ReadAsStringAsync(Ct)).Code);
    }

    [Fact]
    public async Task It_listens_on_several_addresses_and_a_unix_socket()
    {
        var folder = Directory.CreateTempSubdirectory("api-");
        try
        {
            var socket = Path.Combine(folder.FullName, "api.sock");
            var options = new ApiServerOptions
            {
                Endpoints = [new IPEndPoint(IPAddress.Loopback, 0), new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0)],
                UnixSocket = socket,
            };
            await using var server = await ApiServer.StartAsync(options, Ct);
            Assert.Equal(["127.0.0.1", "127.0.0.2"], server.Endpoints.Select(endpoint => endpoint.Address.ToString()));
            foreach (var endpoint in server.Endpoints)
            {
                using var yaml = new MemoryStream(Encoding.UTF8.GetBytes(server.KubeconfigFor($"https://{endpoint}")));
                using var client = new Kubernetes(await KubernetesClientConfiguration.BuildConfigFromConfigFileAsync(yaml));
                Assert.Equal(4, (await client.CoreV1.ListNamespaceAsync(cancellationToken: Ct)).Items.Count);
            }

            using var handler = new SocketsHttpHandler();
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(server.ClientConfiguration().SslCaCerts);
            handler.ConnectCallback = async (_, cancellationToken) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
                return new NetworkStream(connection, ownsSocket: true);
            };
            using var http = new HttpClient(handler);
            Assert.Equal("ok", await http.GetStringAsync(new Uri("https://localhost/healthz"), Ct));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_kubeconfig_is_readable_by_its_owner_only()
    {
        var folder = Directory.CreateTempSubdirectory("api-");
        try
        {
            var path = Path.Combine(folder.FullName, "kubeconfig");
            await using var server = await ApiServer.StartAsync(new ApiServerOptions(), Ct);
            await server.WriteKubeconfigAsync(path, Ct);
            Assert.Equal(server.KubeconfigYaml, await File.ReadAllTextAsync(path, Ct));
            Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Stopping_ends_open_watches()
    {
        var server = await ApiServer.StartAsync(new ApiServerOptions(), Ct);
        using var client = new Kubernetes(server.ClientConfiguration());
        await using var watch = client.CoreV1.WatchListNamespaceAsync(cancellationToken: Ct).GetAsyncEnumerator(Ct);
        Assert.True(await watch.MoveNextAsync());
        await server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(5), Ct);
    }

    private static string Bearer(ApiServer server) => "Bearer " + server.ClientConfiguration().AccessToken;

    private static HttpClient Http(string? authorization)
    {
        var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        };
        var http = new HttpClient(handler);
        http.DefaultRequestHeaders.Authorization = authorization is null ? null : AuthenticationHeaderValue.Parse(authorization);
        return http;
    }
}
