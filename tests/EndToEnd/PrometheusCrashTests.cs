using static GitOpsOperator.EndToEnd.Tests.PrometheusDocuments;

namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>The operator is killed at every boundary of a change of a Prometheus (<see cref="BoundaryWalk"/>).</summary>
public sealed class PrometheusCrashTests
{
    private static readonly string Newer = Binaries.Prometheus(Binaries.Newer);
    private static readonly string Newest = Binaries.Prometheus(Binaries.Newest);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task Configuration() =>
        ChangeAsync(
            1,
            Prometheus(Newest),
            Prometheus(Newest, more: "  externalLabels: {crossed: all}"),
            samePods: true,
            async run =>
                Assert.Contains(
                    "crossed: all",
                    (await run.AskAsync("prometheus-main-0", "/api/v1/status/config", Token)).GetProperty("yaml").GetString()!,
                    StringComparison.Ordinal
                )
        );

    [Fact]
    public Task Version() =>
        ChangeAsync(
            2,
            Prometheus(Newer, replicas: 2),
            Prometheus(Newest, replicas: 2),
            samePods: false,
            async run =>
            {
                foreach (var pod in (string[])["prometheus-main-0", "prometheus-main-1"])
                {
                    Assert.StartsWith(
                        Newest,
                        (await run.AskAsync(pod, "/api/v1/status/buildinfo", Token)).GetProperty("version").GetString(),
                        StringComparison.Ordinal
                    );
                }
            }
        );

    [Fact]
    public Task Volumes() =>
        ChangeAsync(
            2,
            Prometheus(Newest, replicas: 2),
            Prometheus(Newest, replicas: 2).Replace("storage: 1Gi", "storage: 2Gi", StringComparison.Ordinal),
            samePods: true,
            async run =>
                Assert.Equal(
                    "2Gi 2Gi",
                    await run.KubectlAsync(
                        ["get", "persistentvolumeclaims", "-l", "prometheus=main", "-o", "jsonpath={.items[*].status.capacity.storage}"],
                        Token
                    )
                )
        );

    [Fact]
    public Task Retention() =>
        ChangeAsync(
            1,
            Prometheus(Newest, more: "  retention: 15d"),
            Prometheus(Newest, more: "  retention: 5d"),
            samePods: false,
            async run =>
                Assert.Equal(
                    "5d",
                    (await run.AskAsync("prometheus-main-0", "/api/v1/status/runtimeinfo", Token))
                        .GetProperty("storageRetention")
                        .GetString()
                ),
            needsApproval: true
        );

    private static async Task ChangeAsync(
        int replicas,
        string before,
        string after,
        bool samePods,
        Func<PrometheusRun, Task> isDone,
        bool needsApproval = false
    )
    {
        LongTests.Only();
        await using var run = await PrometheusRun.StartAsync(Token);
        await run.CommitAsync("main.yaml", before, Token);
        await run.CommitAsync("itself.yaml", OwnMonitor, Token);
        await run.CommitAsync("rule.yaml", Rule("leader", "vector(1)"), Token);
        await run.UntilStatusAsync("a rule group at work", text => text.Contains("1 rule group", StringComparison.Ordinal), Token);
        await run.ConvergedAsync(replicas, Token);
        var pods = await PodsAsync();
        if (needsApproval)
        {
            await run.CommitAsync("main.yaml", after, Token);
            var digest = ApprovalAsked()
                .Match(await run.UntilStatusAsync("the question", text => text.Contains("needs-approval", StringComparison.Ordinal), Token))
                .Groups[1]
                .Value;
            after = after.Replace(
                "name: main",
                $"name: main\n  annotations: {{gitops-operator.dev/approve: \"{digest}\"}}",
                StringComparison.Ordinal
            );
        }

        using var walk = await run.WalkAsync(Token);
        var commit = await run.CommitAsync("main.yaml", after, Token);
        await walk.UntilAsync(
            token =>
                run.UntilStatusAsync(
                    "the end of the change",
                    text =>
                        text.Contains("phase: Converged", StringComparison.Ordinal)
                        && text.Contains($"revision: {commit}", StringComparison.Ordinal)
                        && text.Contains($"headline: {replicas}/{replicas} ready", StringComparison.Ordinal),
                    token
                ),
            Token
        );
        TestContext.Current.TestOutputHelper?.WriteLine($"{walk.Writes} writes, killed {walk.Kills} times");
        Assert.True(walk.Writes > 0 && walk.Kills == 2 * walk.Writes);
        await isDone(run);
        if (samePods)
        {
            Assert.Equal(pods, await PodsAsync());
        }

        Task<string> PodsAsync() =>
            run.KubectlAsync(
                [
                    "get",
                    "pods",
                    "-l",
                    "prometheus=main",
                    "-o",
                    "jsonpath={range .items[*]}{.metadata.uid} {.status.containerStatuses[0].restartCount}{\"\\n\"}{end}",
                ],
                Token
            );
    }
}
