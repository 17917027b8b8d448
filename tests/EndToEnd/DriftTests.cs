using System.Text.Json;
using GitOpsOperator.Demo;

namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>Somebody changes a live cluster behind git's back, in Kubernetes and in etcd.</summary>
public sealed class DriftTests
{
    private const string Report = "drift/default/orders.yaml";
    private const string FirstSeen = "firstSeen: ";

    [Fact]
    public async Task What_is_changed_by_hand_is_reported_with_who_and_left_in_mode_report_and_cured_in_mode_correct()
    {
        LongTests.Only();
        var cancellationToken = TestContext.Current.CancellationToken;
        var version = Binaries.Etcd(Binaries.Newer);
        await using var run = await EtcdRun.StartAsync(version, cancellationToken);
        var reporting = await run.CommitAsync(3, version, cancellationToken, "  mode: report");
        await run.ConvergedAsync(reporting, 3, cancellationToken);
        await run.StartWriterAsync(cancellationToken);
        Assert.Contains("as desired", await run.OperatorAsync(["diff"], cancellationToken), StringComparison.Ordinal);

        await ChangeMembersAsync(run, ["add", "stray", "--learner", "--peer-urls", "http://stray.example:2380"], cancellationToken);
        await run.KubectlAsync(["scale", "statefulset", "orders-1", "--replicas=0"], cancellationToken);
        await run.KubectlAsync(["label", "service", "orders-client", "app.kubernetes.io/managed-by-"], cancellationToken);

        var seen = await run.FileUntilAsync(
            Report,
            "all three, with who where the API has it",
            text =>
                text.Contains("stray.example", StringComparison.Ordinal)
                && Entry(text, "StatefulSet/orders-1", "spec.replicas").Contains("manager: kubectl", StringComparison.Ordinal)
                && Entry(text, "Service/orders-client", "managed-by")
                    .Contains("unknown (not recorded by the API), first seen ", StringComparison.Ordinal),
            cancellationToken
        );
        Assert.DoesNotContain("manager", Entry(seen, "etcd/members", ""), StringComparison.Ordinal);
        Assert.DoesNotContain("manager", Entry(seen, "Service/orders-client", "managed-by"), StringComparison.Ordinal);
        Assert.Equal("0", await run.KubectlAsync(["get", "statefulset", "orders-1", "-o", "jsonpath={.spec.replicas}"], cancellationToken));
        foreach (
            var (output, words) in ((string, string)[])
                [
                    ("text", "► StatefulSet/orders-1 spec.replicas (drift)"),
                    ("markdown", "| StatefulSet/orders-1 spec.replicas | drift | 1 | 0 |"),
                    ("json", "\"path\": \"spec.replicas\""),
                ]
        )
        {
            var (code, text) = await run.TryOperatorAsync(["diff", "--output", output], cancellationToken);
            Assert.Equal(1, code);
            Assert.Contains(words, text, StringComparison.Ordinal);
        }

        // Another life of the operator knows since when.
        await run.KillOperatorAsync();
        run.StartOperator();
        await run.UntilAsync("report after the restart", _ => run.TimesOf($"revision {reporting}").Count == 2, cancellationToken);

        var correcting = await run.CommitAsync(3, version, cancellationToken);
        var cured = await run.FileUntilAsync(
            Report,
            "all three cured",
            text => text.Split("curedAt: ").Length > 3 && !text.Contains("when: ", StringComparison.Ordinal),
            cancellationToken
        );
        Assert.Equal(First(seen, "etcd/members"), First(cured, "etcd/members"));
        await run.ConvergedAsync(correcting, 3, cancellationToken);
        Assert.DoesNotContain("stray", await run.EtcdctlAsync(["member", "list"], cancellationToken), StringComparison.Ordinal);
        Assert.Contains(
            "managed-by",
            await run.KubectlAsync(["get", "service", "orders-client", "-o", "jsonpath={.metadata.labels}"], cancellationToken),
            StringComparison.Ordinal
        );
        Assert.Contains("as desired", await run.OperatorAsync(["diff"], cancellationToken), StringComparison.Ordinal);
        var account = await run.AccountAsync(cancellationToken);
        Assert.Empty(account.History.Lost(account.Stored));
    }

    [Fact]
    public async Task A_member_removed_and_a_pod_deleted_by_hand_are_reported_without_an_actor_and_made_good()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var run = await EtcdRun.StartAsync(Binaries.Etcd(Binaries.Newer), cancellationToken);
        var status = await run.ResizeAsync(3, cancellationToken);
        await run.StartWriterAsync(cancellationToken);
        string[] followers = [.. status.Members.Where(member => member.Role == "voter").Select(member => member.Name)];

        // Held until it has been seen: etcd ends so fast that the pod is else back before anyone looks, kubectl's own wait included.
        await run.KubectlAsync(
            ["patch", "pod", $"{followers[0]}-0", "--type=merge", "--patch", Finalizers("example.com/held")],
            cancellationToken
        );
        await run.KubectlAsync(["delete", "pod", $"{followers[0]}-0", "--wait=false"], cancellationToken);
        await run.FileUntilAsync(Report, "the pod", text => IsWithoutActor(Entry(text, $"Pod/{followers[0]}-0", "")), cancellationToken);
        await run.KubectlAsync(["patch", "pod", $"{followers[0]}-0", "--type=merge", "--patch", Finalizers()], cancellationToken);
        await run.UntilAsync("the pod back", now => now is { Phase: "Converged", HealthyVoters: 3 }, cancellationToken);
        Assert.Equal(
            status.Members.Select(member => member.Name),
            (await run.MembersAsync(cancellationToken)).Select(member => member.Name).Order()
        );

        var removed = (await run.MembersAsync(cancellationToken)).Single(member => member.Name == followers[1]);
        await ChangeMembersAsync(run, ["remove", removed.Id], cancellationToken);
        await run.FileUntilAsync(
            Report,
            "the member",
            text =>
                Entry(text, "etcd/members", followers[1]) is var entry
                && IsWithoutActor(entry)
                && entry.Contains("git: listed", StringComparison.Ordinal),
            cancellationToken
        );
        await run.UntilAsync(
            "another in its place",
            now => now is { Phase: "Converged", HealthyVoters: 3 } && now.Members.All(member => member.Name != followers[1]),
            cancellationToken
        );
        var account = await run.AccountAsync(cancellationToken);
        Assert.Empty(account.History.Lost(account.Stored));
    }

    private static string Finalizers(params string[] names) => JsonSerializer.Serialize(new { metadata = new { finalizers = names } });

    private static bool IsWithoutActor(string entry) =>
        entry.Contains("unknown (not recorded by the API), first seen ", StringComparison.Ordinal)
        && !entry.Contains("manager:", StringComparison.Ordinal);

    /// <summary>etcd refuses changes of its members while one of them has been connected for less than five seconds.</summary>
    private static async Task ChangeMembersAsync(EtcdRun run, string[] change, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                await run.EtcdctlAsync(["member", .. change], limit.Token);
                return;
            }
            catch (DemoFailedException fault) when (fault.Message.Contains("unhealthy cluster", StringComparison.Ordinal))
            {
                await Task.Delay(200, limit.Token);
            }
        }
    }

    private static string First(string yaml, string target) => Entry(yaml, target, "").Split(FirstSeen)[1].Split('\n')[0];

    /// <summary>The lines of one difference; empty where it is not reported.</summary>
    private static string Entry(string yaml, string target, string path) =>
        yaml.Split("- object: ")
            .FirstOrDefault(
                entry =>
                    entry.StartsWith(target, StringComparison.Ordinal)
                    && entry
                        .Split('\n')
                        .Any(line => line.Contains("path:", StringComparison.Ordinal) && line.Contains(path, StringComparison.Ordinal)),
                ""
            );
}
