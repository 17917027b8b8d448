using System.Globalization;
using System.Text.Json;
using GitOpsOperator.Demo;
using GitOpsOperator.Demo.Environments;

namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>
/// Three replicas of deploy/ as pods, killed, paused past their lease and cut off from the API server at random while they change a
/// cluster. Judged by the API server's audit: nothing may arrive from a replica after another has taken over. <c>make test</c> plays five
/// rounds by a printed seed (TEST_SEED gives one), <c>make test-long</c> fifty.
/// </summary>
public sealed class FencingTests
{
    private const string ClientFile = "clusters/orders.yaml";
    private const int LeaseSeconds = 6;

    private const int Rounds = 50;

    private static readonly int Seed = int.TryParse(
        Environment.GetEnvironmentVariable("TEST_SEED"),
        CultureInfo.InvariantCulture,
        out var given
    )
        ? given
        : (int)(EtcdRun.Now() % 100_000);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_arrives_from_a_replica_after_another_has_taken_over()
    {
        LongTests.Only();
        await SandboxSupport.SkipUnlessAvailableAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"TEST_SEED={Seed}");
        var folder = Directory.CreateTempSubdirectory("fencing-").FullName;
        await PlayAsync(folder);
        Directory.Delete(folder, recursive: true);
    }

    private static async Task PlayAsync(string folder)
    {
        await using var environment = await SandboxEnvironment.StartAsync(
            new(DemoPrograms.Beside, Path.Combine(folder, "environment"), Binaries.Folder, null),
            _ => { },
            Token
        );
        var overlay = await DeployOverlay.WriteAsync(
            Path.Combine(folder, "environment"),
            Checkout.Deploy,
            environment.GitInside,
            new(Replicas: 3, LeaseDuration: LeaseSeconds),
            Token
        );
        var clone = await DesiredStateClone.CreateAsync(
            Path.Combine(folder, "clone"),
            environment.Git,
            environment.Repository,
            Checkout.Example,
            DemoContext.StatusBranch,
            Token
        );
        await environment.KubectlAsync(["apply", "-k", overlay], Token);
        await environment.KubectlAsync(
            ["-n", OperatorAccess.Namespace, "rollout", "status", "deployment/gitops-operator", "--timeout=120s"],
            Token
        );
        var commit = await clone.PushAsync("Three members", Token);
        await ConvergedAsync(3);
        await environment.StartWriterAsync(Token);

        var random = new Random(Seed);
        var size = 3;
        for (var round = 0; round < Rounds; round++)
        {
            var next = size == 3 ? 5 : 3;
            await clone.ReplaceAsync(ClientFile, $"size: {size}", $"size: {next}", Token);
            commit = await clone.PushAsync($"Size {next}", Token);
            size = next;
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(500, 6000)), Token);
            await DisturbAsync(random);
        }

        await ConvergedAsync(size);
        var (nothingLost, account) = await environment.VerifyAsync(Token);
        TestContext.Current.TestOutputHelper?.WriteLine(account);
        Assert.True(nothingLost, account);

        var pods = await PodsByAddressAsync();
        var late = Evaluate(
            await File.ReadAllLinesAsync(Path.Combine(folder, "environment", "sandbox", "logs", "audit.jsonl"), Token),
            pods,
            out var writes,
            out var guarded,
            out var leaders
        );
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"rounds {Rounds}, writes {writes}, leaders {leaders}, under way when the network broke and harmless afterwards "
                + $"{guarded}, too late {late.Count}"
        );
        Assert.True(leaders > 1, "nobody ever took over, so nothing was judged");
        Assert.Empty(late);

        async Task ConvergedAsync(int members)
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
            deadline.CancelAfter(TimeSpan.FromSeconds(240));
            while (
                await clone.StatusAsync(DemoContext.StatusPath, Token) is not { } text
                || StatusFile.Parse(text) is not { Phase: "Converged" } status
                || status.Revision != commit
                || status.HealthyVoters != members
            )
            {
                Assert.False(
                    deadline.IsCancellationRequested,
                    $"not converged at {commit} after 240 s; git says: {await clone.StatusAsync(DemoContext.StatusPath, Token)}"
                );
                await Task.Delay(500, Token);
            }
        }

        async Task DisturbAsync(Random random)
        {
            var names = (await PodsByAddressAsync()).Values.ToList();
            var holder = (
                await environment.KubectlAsync(
                    ["-n", OperatorAccess.Namespace, "get", "lease", "gitops-operator-default", "-o", "jsonpath={.spec.holderIdentity}"],
                    Token
                )
            ).Split('_')[0];

            // Mostly the active one: it is where harm could come from. At times another as well.
            var victims = new List<string> { names.Contains(holder) && random.Next(5) > 0 ? holder : names[random.Next(names.Count)] };
            if (random.Next(3) == 0)
            {
                victims.Add(names.Where(name => name != victims[0]).ElementAt(random.Next(names.Count - 1)));
            }

            var healing = new List<(string Fault, string Pod)>();
            foreach (var pod in victims)
            {
                var fault = ((string[])["kill", "stop", "stop", "partition"])[random.Next(4)];
                var done = await DoneAsync(fault, pod);
                TestContext.Current.TestOutputHelper?.WriteLine(
                    $"{fault} {pod}{(pod == holder ? ", which is active" : "")}{(done ? "" : ": it is down by itself")}"
                );
                if (done && fault != "kill")
                {
                    healing.Add((fault == "stop" ? "continue" : "heal", pod));
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(random.Next((LeaseSeconds + 1) * 1000, (LeaseSeconds + 6) * 1000)), Token);
            foreach (var (fault, pod) in healing)
            {
                await DoneAsync(fault, pod);
            }
        }

        // One that was stopped for long is ended by its liveness probe, and one that ends again and again is started later and later.
        async Task<bool> DoneAsync(string fault, string pod)
        {
            try
            {
                await environment.FaultAsync(fault, $"{OperatorAccess.Namespace}/{pod}", Token);
                return true;
            }
            catch (DemoFailedException down) when (down.Message.Contains("has no running container", StringComparison.Ordinal))
            {
                return false;
            }
        }

        async Task<Dictionary<string, string>> PodsByAddressAsync() =>
            (
                await environment.KubectlAsync(
                    [
                        "-n",
                        OperatorAccess.Namespace,
                        "get",
                        "pods",
                        "-o",
                        "jsonpath={range .items[*]}{.status.podIP} {.metadata.name}{\"\\n\"}{end}",
                    ],
                    Token
                )
            )
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(' '))
                .ToDictionary(words => words[0], words => words[1]);
    }

    /// <summary>
    /// The writes that arrived when the Lease was another's already, by the order of the API server's own revisions. What was under way
    /// when the network broke arrives when it is whole again, whatever its sender thinks by then: of those only a write that names the
    /// version it replaces (the record) is harmless, and one of an object that only shows a cluster.
    /// </summary>
    private static List<string> Evaluate(string[] audit, Dictionary<string, string> pods, out int writes, out int guarded, out int leaders)
    {
        var entries = audit.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var holders = entries
            .Where(entry => entry.TryGetProperty("holder", out _))
            .Select(entry =>
                (Revision: entry.GetProperty("revision").GetInt64(), Pod: (entry.GetProperty("holder").GetString() ?? "").Split('_')[0])
            )
            .OrderBy(entry => entry.Revision)
            .ToList();
        leaders = holders.Where((entry, index) => entry.Pod.Length > 0 && (index == 0 || holders[index - 1].Pod != entry.Pod)).Count();
        var judged = entries
            .Where(entry =>
                entry.GetProperty("resource").GetString() is not ("leases" or "events")
                && entry.GetProperty("code").GetInt32() is >= 200 and < 300
            )
            .ToList();
        writes = judged.Count;
        var late = judged
            .Where(entry =>
                pods.TryGetValue(entry.GetProperty("address").GetString()!, out var pod)
                && holders.LastOrDefault(holder => holder.Revision <= entry.GetProperty("arrived").GetInt64()) is { Pod.Length: > 0 } holder
                && holder.Pod != pod
            )
            .ToList();
        var harmful = late.Where(entry =>
                entry.GetProperty("verb").GetString() != "update"
                && entry.GetProperty("resource").GetString()!.Split('/')[0] is not ("etcdclusters" or "managedprometheuses")
            )
            .ToList();
        guarded = late.Count - harmful.Count;
        return [.. harmful.Select(entry => entry.GetRawText())];
    }
}
