using static GitOpsOperator.EndToEnd.Tests.PrometheusDocuments;

namespace GitOpsOperator.EndToEnd.Tests;

public sealed class PrometheusTests
{
    private static string Newer => Binaries.Prometheus(Binaries.Newer);

    private static string Newest => Binaries.Prometheus(Binaries.Newest);

    // Debian's build of 2.42 has no service discovery by Kubernetes.
    [Theory]
    [InlineData(Binaries.Newest)]
    [InlineData(Binaries.Newer)]
    public async Task Targets_are_found_by_service_discovery_and_a_rule_and_a_monitor_from_git_are_at_work_without_a_restart(string role)
    {
        LongTests.OnlyUnless(role == Binaries.Newest);
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var run = await PrometheusRun.StartAsync(cancellationToken);
        await run.CommitAsync("orders.yaml", Etcd, cancellationToken);
        await run.CommitAsync("main.yaml", Prometheus(Binaries.Prometheus(role)), cancellationToken);
        await run.CommitAsync("monitor.yaml", EtcdMonitor, cancellationToken);
        await run.ConvergedAsync(1, cancellationToken);
        await run.UntilAsync(
            "etcd member scraped",
            async token => (await run.UpAsync("prometheus-main-0", "podMonitor/default/orders/0", token)).Count == 1,
            cancellationToken
        );
        var uid = await Uid();

        await run.CommitAsync("rule.yaml", Rule("leader", "max(etcd_server_has_leader)"), cancellationToken);
        await run.CommitAsync("itself.yaml", OwnMonitor, cancellationToken);
        await run.UntilAsync("rule at work", async token => (await Groups(token)).Contains("leader"), cancellationToken);
        await run.UntilAsync(
            "Prometheus scraped by itself",
            async token => (await run.UpAsync("prometheus-main-0", "serviceMonitor/default/itself/0", token)).Count == 1,
            cancellationToken
        );
        await run.UntilAsync(
            "a value of the rule",
            async token =>
                (await run.AskAsync("prometheus-main-0", "/api/v1/query?query=test:leader", token)).GetProperty("result").GetArrayLength()
                == 1,
            cancellationToken
        );
        await run.ConvergedAsync(1, cancellationToken);
        Assert.Equal(uid, await Uid());

        async Task<string> Uid() =>
            await run.KubectlAsync(
                ["get", "pod", "prometheus-main-0", "-o", "jsonpath={.metadata.uid} {.status.containerStatuses[0].restartCount}"],
                cancellationToken
            );

        async Task<IReadOnlyList<string>> Groups(CancellationToken cancellationToken) =>
            [
                .. (await run.AskAsync("prometheus-main-0", "/api/v1/rules", cancellationToken))
                    .GetProperty("groups")
                    .EnumerateArray()
                    .Select(group => group.GetProperty("name").GetString()!),
            ];
        await run.AgreesWithTheModelAsync(cancellationToken);
    }

    [Fact]
    public async Task A_bad_rule_is_refused_for_that_object_alone_and_what_a_running_Prometheus_refuses_is_rolled_back()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var run = await PrometheusRun.StartAsync(cancellationToken);
        await run.CommitAsync("main.yaml", Prometheus(Newest), cancellationToken);
        await run.CommitAsync("good.yaml", Rule("good", "vector(1)"), cancellationToken);
        await run.ConvergedAsync(1, cancellationToken);

        await run.CommitAsync("bad.yaml", Rule("bad", "sum("), cancellationToken);
        await run.CommitAsync("more.yaml", Rule("more", "vector(2)"), cancellationToken);
        var status = await run.UntilStatusAsync(
            "a finding on bad.yaml",
            text =>
                text.Contains("PrometheusRule default/bad is left out", StringComparison.Ordinal)
                && text.Contains("phase: Converged", StringComparison.Ordinal)
                && text.Contains("2 rule groups", StringComparison.Ordinal),
            cancellationToken
        );
        Assert.Contains("bad.yaml", status, StringComparison.Ordinal);
        await run.CommitAsync("bad.yaml", null, cancellationToken);

        // promtool cannot know of it: the process finds no such folder, after its new targets are in force already.
        await run.CommitAsync("main.yaml", Prometheus(Newest, more: "  queryLogFile: /nowhere/query.log"), cancellationToken);
        await run.UntilStatusAsync(
            "the refusal",
            text =>
                text.Contains("configuration-rejected", StringComparison.Ordinal)
                && text.Contains("runs the published configuration", StringComparison.Ordinal),
            cancellationToken
        );
        var running = (await run.AskAsync("prometheus-main-0", "/api/v1/status/config", cancellationToken))
            .GetProperty("yaml")
            .GetString()!;
        Assert.DoesNotContain("/nowhere", running, StringComparison.Ordinal);

        await run.CommitAsync("main.yaml", Prometheus(Newest), cancellationToken);
        await run.CommitAsync("itself.yaml", OwnMonitor, cancellationToken);
        await run.ConvergedAsync(1, cancellationToken);
        await run.UntilAsync(
            "Prometheus scraped by itself",
            async token => (await run.UpAsync("prometheus-main-0", "serviceMonitor/default/itself/0", token)).Count == 1,
            cancellationToken
        );
        await run.AgreesWithTheModelAsync(cancellationToken);
    }

    [Fact]
    public async Task A_first_configuration_that_no_process_starts_with_is_told_and_the_mended_one_gets_to_work()
    {
        LongTests.Only();
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var run = await PrometheusRun.StartAsync(cancellationToken);
        await run.CommitAsync("main.yaml", Prometheus(Newest, more: "  queryLogFile: /nowhere/query.log"), cancellationToken);
        var status = await run.UntilStatusAsync(
            "the refusal",
            text => text.Contains("refused-by-prometheus", StringComparison.Ordinal),
            cancellationToken
        );
        Assert.Contains("error loading config", status, StringComparison.OrdinalIgnoreCase);

        await run.CommitAsync("main.yaml", Prometheus(Newest), cancellationToken);
        await run.ConvergedAsync(1, cancellationToken);
        await run.AgreesWithTheModelAsync(cancellationToken);
    }

    [Fact]
    public async Task While_pods_keep_the_old_file_a_reload_answers_200_and_nothing_is_called_confirmed()
    {
        LongTests.Only();
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var run = await PrometheusRun.StartAsync(cancellationToken, TimeSpan.FromSeconds(30));
        await run.CommitAsync("main.yaml", Prometheus(Newest), cancellationToken);
        await run.ConvergedAsync(1, cancellationToken);

        await run.CommitAsync("good.yaml", Rule("good", "vector(1)"), cancellationToken);
        var waiting = await run.UntilStatusAsync(
            "the old file",
            text => text.Contains("its pod still has the files from before", StringComparison.Ordinal),
            cancellationToken
        );
        Assert.Contains("reason: NotYet", waiting, StringComparison.Ordinal);
        Assert.Contains("runs an earlier configuration", waiting, StringComparison.Ordinal);
        await run.UntilStatusAsync(
            "the rule confirmed",
            text => text.Contains("phase: Converged", StringComparison.Ordinal) && text.Contains("1 rule group", StringComparison.Ordinal),
            cancellationToken
        );
        Assert.Contains(
            run.Heard,
            line => line.Contains("not yet: it answered, but its pod still has the files from before", StringComparison.Ordinal)
        );
        await run.AgreesWithTheModelAsync(cancellationToken);
    }

    [Fact]
    public async Task Two_replicas_are_restarted_one_after_the_other_for_another_version()
    {
        LongTests.Only();
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var run = await PrometheusRun.StartAsync(cancellationToken);
        await run.CommitAsync("main.yaml", Prometheus(Newer, replicas: 2), cancellationToken);
        await run.CommitAsync("itself.yaml", OwnMonitor, cancellationToken);
        await run.ConvergedAsync(2, cancellationToken);

        await run.CommitAsync("main.yaml", Prometheus(Newest, replicas: 2), cancellationToken);
        await run.UntilStatusAsync(
            $"two replicas of {Newest}",
            text => text.Contains("phase: Converged", StringComparison.Ordinal) && text.Split($"version: {Newest}").Length == 3,
            cancellationToken
        );
        var restarts = run
            .Heard.Select(line => line[(line.LastIndexOf(": ", StringComparison.Ordinal) + 2)..])
            .Where(line =>
                line.StartsWith("restart ", StringComparison.Ordinal) || line.Contains("to serve before", StringComparison.Ordinal)
            )
            .Select(line => line.Split(' ')[0])
            .ToList();
        Assert.Equal(2, restarts.Count(word => word == "restart"));
        Assert.Contains(
            run.Heard,
            line =>
                line.Contains(
                    "waiting for the other replicas of prometheus-main to serve before prometheus-main-0 is restarted",
                    StringComparison.Ordinal
                )
        );
        await run.AgreesWithTheModelAsync(cancellationToken);
    }

    [Fact]
    public async Task A_shorter_retention_waits_for_the_approval_of_just_that_and_then_is_in_force()
    {
        LongTests.Only();
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var run = await PrometheusRun.StartAsync(cancellationToken);
        await run.CommitAsync("main.yaml", Prometheus(Newest, more: "  retention: 15d"), cancellationToken);
        await run.ConvergedAsync(1, cancellationToken);
        var uid = await run.KubectlAsync(["get", "pod", "prometheus-main-0", "-o", "jsonpath={.metadata.uid}"], cancellationToken);

        await run.CommitAsync("main.yaml", Prometheus(Newest, more: "  retention: 5d"), cancellationToken);
        var held = await run.UntilStatusAsync(
            "the question",
            text => text.Contains("needs-approval", StringComparison.Ordinal),
            cancellationToken
        );
        Assert.Contains("history beyond 5d is deleted, where 15d was kept", held, StringComparison.Ordinal);
        var digest = ApprovalAsked().Match(held).Groups[1].Value;

        await run.CommitAsync(
            "main.yaml",
            Prometheus(Newest, more: "  retention: 5d")
                .Replace(
                    "name: main",
                    "name: main\n  annotations: {gitops-operator.dev/approve: \"0000000000000000\"}",
                    StringComparison.Ordinal
                ),
            cancellationToken
        );
        await run.UntilStatusAsync(
            "the stale approval",
            text => text.Contains("approves 0000000000000000, which is for something else", StringComparison.Ordinal),
            cancellationToken
        );
        Assert.Equal(uid, await run.KubectlAsync(["get", "pod", "prometheus-main-0", "-o", "jsonpath={.metadata.uid}"], cancellationToken));

        await run.CommitAsync(
            "main.yaml",
            Prometheus(Newest, more: "  retention: 5d")
                .Replace(
                    "name: main",
                    $"name: main\n  annotations: {{gitops-operator.dev/approve: \"{digest}\"}}",
                    StringComparison.Ordinal
                ),
            cancellationToken
        );
        await run.UntilStatusAsync(
            "the approval taken and carried out",
            text => text.Contains("phase: Converged", StringComparison.Ordinal),
            cancellationToken
        );
        Assert.Equal(
            "5d",
            (await run.AskAsync("prometheus-main-0", "/api/v1/status/runtimeinfo", cancellationToken))
                .GetProperty("storageRetention")
                .GetString()
        );
        Assert.Contains(run.Heard, line => line.Contains($"take up approval {digest}", StringComparison.Ordinal));
        Assert.Contains(run.Heard, line => line.Contains("note that the approval has been carried out", StringComparison.Ordinal));
        await run.AgreesWithTheModelAsync(cancellationToken);
    }

    [Fact]
    public async Task A_volume_grows_under_running_pods_and_does_not_shrink()
    {
        LongTests.Only();
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var run = await PrometheusRun.StartAsync(cancellationToken);
        await run.CommitAsync("main.yaml", Prometheus(Newest, replicas: 2), cancellationToken);
        await run.ConvergedAsync(2, cancellationToken);
        var pods = await PodsAsync();
        var claims = await ClaimsAsync("{.metadata.uid}");

        await run.CommitAsync(
            "main.yaml",
            Prometheus(Newest, replicas: 2).Replace("storage: 1Gi", "storage: 2Gi", StringComparison.Ordinal),
            cancellationToken
        );
        await run.UntilAsync(
            "larger volumes",
            async token => await ClaimsAsync("{.status.capacity.storage}") == "2Gi 2Gi ",
            cancellationToken
        );
        await run.UntilAsync(
            "a StatefulSet recreated",
            async token =>
                await run.KubectlAsync(
                    [
                        "get",
                        "statefulset",
                        "prometheus-main",
                        "--ignore-not-found",
                        "-o",
                        "jsonpath={.spec.volumeClaimTemplates[0].spec.resources.requests.storage} {.status.readyReplicas}",
                    ],
                    token
                ) == "2Gi 2",
            cancellationToken
        );
        await run.ConvergedAsync(2, cancellationToken);
        Assert.Equal(pods, await PodsAsync());
        Assert.Equal(claims, await ClaimsAsync("{.metadata.uid}"));

        await run.CommitAsync("main.yaml", Prometheus(Newest, replicas: 2), cancellationToken);
        await run.UntilStatusAsync(
            "the refusal",
            text =>
                text.Contains("storage-change", StringComparison.Ordinal)
                && text.Contains("Kubernetes shrinks none", StringComparison.Ordinal),
            cancellationToken
        );
        Assert.Equal(pods, await PodsAsync());

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
                cancellationToken
            );

        Task<string> ClaimsAsync(string field) =>
            run.KubectlAsync(
                ["get", "persistentvolumeclaims", "-l", "prometheus=main", "-o", $"jsonpath={{range .items[*]}}{field} {{end}}"],
                cancellationToken
            );
        await run.AgreesWithTheModelAsync(cancellationToken);
    }

    [Fact]
    public async Task What_somebody_changes_by_hand_is_put_back_and_told_without_a_word_of_a_secret()
    {
        const string Report = "drift/default/prometheus-main.yaml";
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var run = await PrometheusRun.StartAsync(cancellationToken);
        await run.CommitAsync("main.yaml", Prometheus(Newest), cancellationToken);
        await run.CommitAsync("good.yaml", Rule("good", "vector(1)"), cancellationToken);
        await run.ConvergedAsync(1, cancellationToken);
        var uid = await run.KubectlAsync(["get", "pod", "prometheus-main-0", "-o", "jsonpath={.metadata.uid}"], cancellationToken);
        var written = await Data("secret/prometheus-main");

        await run.KubectlAsync(["scale", "statefulset", "prometheus-main", "--replicas=3"], cancellationToken);
        await run.UntilFileAsync(
            Report,
            "the replicas, and by whom",
            text => Has(text, "object: StatefulSet/prometheus-main", "path: spec.replicas", "manager: kubectl"),
            cancellationToken
        );
        await run.KubectlAsync(
            ["patch", "secret", "prometheus-main", "--type=merge", "--patch", """{"stringData":{"prometheus.yaml":"# hunter2"}}"""],
            cancellationToken
        );
        await run.UntilFileAsync(
            Report,
            "the Secret, and by whom",
            text => Has(text, "object: Secret/prometheus-main", "path: data", "manager: kubectl"),
            cancellationToken
        );
        await run.KubectlAsync(["label", "statefulset", "prometheus-main", "app.kubernetes.io/managed-by-"], cancellationToken);
        await run.KubectlAsync(["delete", "configmap", "prometheus-main-rulefiles-0"], cancellationToken);
        var cured = await run.UntilFileAsync(
            Report,
            "all cured",
            text =>
                Has(text, "ConfigMap/prometheus-main-rulefiles-0", "managed-by")
                && !text.Contains("when: ", StringComparison.Ordinal)
                && text.Split("curedAt: ").Length >= 5,
            cancellationToken
        );
        await run.ConvergedAsync(1, cancellationToken);

        Assert.DoesNotContain("hunter2", cured, StringComparison.Ordinal);
        Assert.DoesNotContain("aHVudGVyMg", cured, StringComparison.Ordinal);
        Assert.Equal(written, await Data("secret/prometheus-main"));
        Assert.Contains("good", await Data("configmap/prometheus-main-rulefiles-0"), StringComparison.Ordinal);
        Assert.Equal(
            "1",
            await run.KubectlAsync(["get", "statefulset", "prometheus-main", "-o", "jsonpath={.spec.replicas}"], cancellationToken)
        );
        Assert.Equal(uid, await run.KubectlAsync(["get", "pod", "prometheus-main-0", "-o", "jsonpath={.metadata.uid}"], cancellationToken));

        Task<string> Data(string what) => run.KubectlAsync(["get", what, "-o", "jsonpath={.data}"], cancellationToken);

        static bool Has(string text, params string[] words) => words.All(word => text.Contains(word, StringComparison.Ordinal));
    }
}
