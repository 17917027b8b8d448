using System.Net;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Tests.Cache;
using GitOpsOperator.Specs;
using GitOpsOperator.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace GitOpsOperator.Domains.Prometheus.Tests.Live;

/// <summary>Against a server that answers what the test says, in the order in which it is asked.</summary>
public sealed class ClusterObjectsTests
{
    private static readonly string[] Kinds = ["namespaces", "servicemonitors", "podmonitors", "probes", "prometheusrules", "scrapeconfigs"];

    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Monitors_of_the_cluster_are_read_as_documents_of_git_are()
    {
        await using var api = await ScriptedApi.StartAsync();
        var changes = 0;
        var time = new FakeTimeProvider();
        using var connection = api.Open(MaxAge, time);
        var cache = new KubernetesCache(connection, new("default"), new() { MaxAge = MaxAge }, time, NullLoggerFactory.Instance);
        var objects = new ClusterObjects(cache, monitors: true, () => Interlocked.Increment(ref changes));
        using var stop = new CancellationTokenSource();
        var running = cache.RunAsync(stop.Token);
        var hold = objects.Hold(takesFromCluster: null);
        var watches = await AnswerListsAsync(
            api,
            new()
            {
                ["namespaces"] = """{"metadata":{"name":"apps","resourceVersion":"1","labels":{"team":"shop"}}}""",
                ["servicemonitors"] = """
                {"metadata":{"name":"web","namespace":"apps","uid":"u","resourceVersion":"1",
                             "creationTimestamp":"2026-11-30T00:00:00Z","generation":1,
                             "labels":{"release":"stack"},"annotations":{"gitops-operator.dev/anything":"of somebody's"}},
                 "spec":{"selector":{},"endpoints":[{"port":"web"}],"fieldOfTomorrow":{"a":1}}},
                {"metadata":{"name":"broken","namespace":"apps","uid":"v","resourceVersion":"1"},"spec":{"selector":{},"endpoints":"web"}}
                """,
                ["prometheusrules"] = """
                {"metadata":{"name":"words","namespace":"apps","uid":"w","resourceVersion":"1"},
                 "spec":{"groups":[{"name":"g","rules":[{"alert":"A","expr":"up == 0",
                  "annotations":{"summary":"\ud83d\ude00 \u00e9 \u2028 \\ud83d \"quoted\"\n---\nsecond: line"}}]}]}}
                """,
            }
        );
        await objects.WaitFreshAsync(takesFromCluster: null, Token);

        var now = objects.Now;
        Assert.Equal("shop", now.NamespaceLabels["apps"]["team"]);
        Assert.Equal(["words", "web"], now.Objects.Select(item => item.Key.Name));
        var web = now.Objects.Single(item => item.Key.Name == "web");
        Assert.Equal(new("servicemonitor", "apps", "web"), web.Key);
        Assert.Equal("stack", web.Labels["release"]);
        Assert.Equal("web", web.Spec["endpoints"].Items.Single()["port"].Text);
        Assert.Equal(
            "\U0001F600 \u00e9 \u2028 \\ud83d \"quoted\"\n---\nsecond: line",
            now.Objects.Single(item => item.Key.Name == "words")
                .Spec["groups"]
                .Items.Single()["rules"]
                .Items.Single()["annotations"]["summary"]
                .Text
        );

        // What the installed definition lets in is passed over; what cannot be read is told.
        Assert.Equal(
            [(FindingSeverity.Error, "broken", "spec.endpoints"), (FindingSeverity.Warning, "web", "spec.fieldOfTomorrow")],
            now.Findings.Select(finding => (finding.Severity, finding.Subject!.Value.Name, finding.Field))
        );
        Assert.Same(now, objects.Now);

        var before = Volatile.Read(ref changes);
        await watches["servicemonitors"]
            .SendAsync("DELETED", """{"kind":"ServiceMonitor","metadata":{"name":"web","namespace":"apps","resourceVersion":"11"}}""");
        await Eventually.TrueAsync(() => objects.Now.Objects is [{ Key.Name: "words" }], "gone with its object", Token);
        Assert.True(Volatile.Read(ref changes) > before);

        // Nobody asks any more: after a while nothing of it is watched or kept.
        hold.Dispose();
        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromMinutes(1));
                return cache.Kinds.All(kind => kind.Age is null);
            },
            "closed",
            Token
        );
        Assert.Empty(objects.Now.Objects);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    /// <summary>Until each kind is watched. A kind without an answer is one that the server does not have.</summary>
    private static async Task<Dictionary<string, ScriptedApi.Exchange>> AnswerListsAsync(ScriptedApi api, Dictionary<string, string> items)
    {
        var watches = new Dictionary<string, ScriptedApi.Exchange>();
        var missing = 0;
        while (watches.Count + missing < Kinds.Length)
        {
            var exchange = await api.NextAsync();
            var kind = Kinds.Single(kind => exchange.ToString().Contains($"/{kind}", StringComparison.Ordinal));
            if (exchange.IsWatch)
            {
                watches[kind] = exchange;
            }
            else if (items.TryGetValue(kind, out var found))
            {
                await exchange.AnswerAsync($$"""{"metadata":{"resourceVersion":"10"},"items":[{{found}}]}""");
            }
            else
            {
                missing++;
                await exchange.AnswerAsync("404 page not found\n", HttpStatusCode.NotFound);
            }
        }

        return watches;
    }
}
