using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using static GitOpsOperator.Sandbox.Tests.Api.Samples;

namespace GitOpsOperator.Sandbox.Tests.Api;

public sealed class ListsInProcess(InProcessApi api) : ListContract(api);

[Trait("starts", "processes")]
public sealed class ListsOnRealKubernetes(RealApi api) : ListContract(api);

/// <summary>Lists in pages, and lists of metadata alone.</summary>
public abstract class ListContract(ApiUnderTest api)
{
    private const string Lists = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
    private const string Objects = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
    private const string Table = "application/json;as=Table;g=meta.k8s.io;v=v1";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_show_one_state_whatever_is_written_meanwhile()
    {
        using var session = await OpenAsync("a", "b", "c", "d", "e");
        var first = await PageAsync(session, 2);
        Assert.Equal(["a", "b"], Names(first));
        Assert.Equal(3, first.Metadata.RemainingItemCount);

        await session.Client.CoreV1.CreateNamespacedPodAsync(Pod("bb"), session.Namespace, cancellationToken: Ct);
        await session.Client.CoreV1.DeleteNamespacedPodAsync("d", session.Namespace, gracePeriodSeconds: 0, cancellationToken: Ct);
        await LabelAsync(session, "c", "changed");

        var second = await PageAsync(session, 2, first.Metadata.ContinueProperty);
        Assert.Equal(["c", "d"], Names(second));
        Assert.Equal(1, second.Metadata.RemainingItemCount);
        Assert.Null(second.Items[0].Metadata.Labels);
        Assert.Equal(first.Metadata.ResourceVersion, second.Metadata.ResourceVersion);

        var third = await PageAsync(session, 2, second.Metadata.ContinueProperty);
        Assert.Equal(["e"], Names(third));
        Assert.True(string.IsNullOrEmpty(third.Metadata.ContinueProperty));
        Assert.Null(third.Metadata.RemainingItemCount);
        Assert.Equal(["a", "b", "bb", "c", "e"], Names(await PageAsync(session, null)));
    }

    [Fact]
    public async Task Pages_of_what_is_selected_are_full_and_nobody_counts_the_rest()
    {
        using var session = await OpenAsync("a", "b", "c", "d", "e");
        foreach (var name in new[] { "b", "d", "e" })
        {
            await LabelAsync(session, name, "desired");
        }

        var first = await session.Client.CoreV1.ListNamespacedPodAsync(
            session.Namespace,
            labelSelector: "desired=yes",
            limit: 2,
            cancellationToken: Ct
        );
        Assert.Equal(["b", "d"], Names(first));
        Assert.Null(first.Metadata.RemainingItemCount);
        var rest = await session.Client.CoreV1.ListNamespacedPodAsync(
            session.Namespace,
            labelSelector: "desired=yes",
            limit: 2,
            continueParameter: first.Metadata.ContinueProperty,
            cancellationToken: Ct
        );
        Assert.Equal(["e"], Names(rest));
    }

    [Fact]
    public async Task Pages_go_across_namespaces()
    {
        using var one = await OpenAsync("a", "b");
        using var two = await OpenAsync("a", "b");
        var seen = new List<(string, string)>();
        string? next = null;
        do
        {
            var page = await one.Client.CoreV1.ListPodForAllNamespacesAsync(limit: 1, continueParameter: next, cancellationToken: Ct);
            Assert.True(page.Items.Count <= 1);
            seen.AddRange(page.Items.Select(pod => (pod.Metadata.NamespaceProperty, pod.Metadata.Name)));
            next = page.Metadata.ContinueProperty;
        } while (!string.IsNullOrEmpty(next));

        Assert.Equal(seen.Distinct(), seen);
        var written = new HashSet<(string, string)>([
            (one.Namespace, "a"),
            (one.Namespace, "b"),
            (two.Namespace, "a"),
            (two.Namespace, "b"),
        ]);
        Assert.Superset(written, seen.ToHashSet());
    }

    [Fact]
    public async Task A_version_of_0_is_answered_whole()
    {
        using var session = await OpenAsync("a", "b", "c");
        var list = await session.Client.CoreV1.ListNamespacedPodAsync(
            session.Namespace,
            limit: 1,
            resourceVersion: "0",
            cancellationToken: Ct
        );
        Assert.Equal((3, true), (list.Items.Count, string.IsNullOrEmpty(list.Metadata.ContinueProperty)));
    }

    [Fact]
    public async Task A_list_can_be_had_as_it_was()
    {
        using var session = await OpenAsync("a");
        var before = await PageAsync(session, null);
        await session.Client.CoreV1.DeleteNamespacedPodAsync("a", session.Namespace, gracePeriodSeconds: 0, cancellationToken: Ct);
        await session.Client.CoreV1.CreateNamespacedPodAsync(Pod("b"), session.Namespace, cancellationToken: Ct);
        var then = await session.Client.CoreV1.ListNamespacedPodAsync(
            session.Namespace,
            resourceVersion: before.Metadata.ResourceVersion,
            resourceVersionMatch: "Exact",
            cancellationToken: Ct
        );
        Assert.Equal(["a"], Names(then));
        Assert.Equal(before.Items[0].Metadata.Uid, then.Items[0].Metadata.Uid);
    }

    [Theory]
    [InlineData("continue=nonsense", 400)]
    [InlineData("continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MX0", 400)]
    [InlineData("limit=many", 400)]
    public async Task A_page_that_cannot_be_told_is_refused(string query, int code)
    {
        using var session = await OpenAsync("a");
        var (status, answer) = await GetAsync(session, $"pods?{query}", "application/json");
        Assert.Equal((code, code), (status, (int?)answer["code"]));
    }

    [Fact]
    public async Task Metadata_alone_can_be_listed_in_pages()
    {
        using var session = await OpenAsync("a", "b", "c");
        var (_, first) = await GetAsync(session, "pods?limit=2", Lists);
        Assert.Equal(("PartialObjectMetadataList", "meta.k8s.io/v1"), ((string?)first["kind"], (string?)first["apiVersion"]));
        var items = first["items"]!.AsArray();
        Assert.Equal(["a", "b"], items.Select(item => (string?)item!["metadata"]!["name"]));
        Assert.All(
            items,
            item =>
            {
                Assert.Equal(("PartialObjectMetadata", "meta.k8s.io/v1"), ((string?)item!["kind"], (string?)item["apiVersion"]));
                Assert.Equal(["apiVersion", "kind", "metadata"], item.AsObject().Select(field => field.Key).Order());
                Assert.NotNull(item["metadata"]!["uid"]);
            }
        );
        var (_, rest) = await GetAsync(session, $"pods?limit=2&continue={first["metadata"]!["continue"]}", Lists);
        Assert.Equal("c", (string?)Assert.Single(rest["items"]!.AsArray())!["metadata"]!["name"]);
    }

    [Fact]
    public async Task A_table_comes_in_pages_too()
    {
        using var session = await OpenAsync("a", "b", "c");
        var (_, first) = await GetAsync(session, "pods?limit=2", Table);
        Assert.Equal(("Table", 2), ((string?)first["kind"], first["rows"]!.AsArray().Count));
        Assert.Equal(1, (int?)first["metadata"]!["remainingItemCount"]);
        var (_, rest) = await GetAsync(session, $"pods?limit=2&continue={first["metadata"]!["continue"]}", Table);
        Assert.Equal("c", (string?)Assert.Single(rest["rows"]!.AsArray())!["cells"]![0]);
    }

    [Theory]
    [InlineData("pods", Objects)]
    [InlineData("pods/a", Lists)]
    public async Task Metadata_in_the_form_of_the_other_is_refused(string path, string accept)
    {
        using var session = await OpenAsync("a");
        var (status, _) = await GetAsync(session, path, accept);
        Assert.Equal(406, status);
    }

    [Fact]
    public async Task One_objects_metadata_can_be_read_alone_and_watched()
    {
        using var session = await OpenAsync("a");
        var (_, one) = await GetAsync(session, "pods/a", Objects);
        Assert.Equal(("PartialObjectMetadata", "a", null), ((string?)one["kind"], (string?)one["metadata"]!["name"], one["spec"]));

        using var watch = await AskAsync(session, "pods?watch=1&allowWatchBookmarks=true", Objects);
        using var lines = new StreamReader(await watch.Content.ReadAsStreamAsync(Ct));
        var told = JsonNode.Parse((await lines.ReadLineAsync(Ct))!)!;
        var seen = told["object"]!;
        Assert.Equal(("ADDED", "PartialObjectMetadata"), ((string?)told["type"], (string?)seen["kind"]));
        Assert.Equal(("a", null), ((string?)seen["metadata"]!["name"], seen["spec"]));
    }

    private async Task<ApiSession> OpenAsync(params string[] pods)
    {
        var session = await ApiSession.OpenAsync(api, Ct);
        foreach (var name in pods)
        {
            await session.Client.CoreV1.CreateNamespacedPodAsync(Pod(name), session.Namespace, cancellationToken: Ct);
        }

        return session;
    }

    private static Task<V1PodList> PageAsync(ApiSession session, int? limit, string? next = null) =>
        session.Client.CoreV1.ListNamespacedPodAsync(session.Namespace, limit: limit, continueParameter: next, cancellationToken: Ct);

    private static Task<V1Pod> LabelAsync(ApiSession session, string pod, string label) =>
        session.Client.CoreV1.PatchNamespacedPodAsync(
            new V1Patch(
                new { metadata = new { labels = new Dictionary<string, string> { [label] = "yes" } } },
                V1Patch.PatchType.MergePatch
            ),
            pod,
            session.Namespace,
            cancellationToken: Ct
        );

    private static string[] Names(V1PodList list) => [.. list.Items.Select(pod => pod.Metadata.Name)];

    private static async Task<(int Status, JsonNode Answer)> GetAsync(ApiSession session, string path, string accept)
    {
        using var response = await AskAsync(session, path, accept);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!);
    }

    private static async Task<HttpResponseMessage> AskAsync(ApiSession session, string path, string accept)
    {
        var url = new Uri(session.Client.BaseUri, $"api/v1/namespaces/{session.Namespace}/{path}");
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(accept));
        await session.Client.Credentials.ProcessHttpRequestAsync(request, Ct);
        return await session.Client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
    }
}
