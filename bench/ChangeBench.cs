using System.Diagnostics;
using System.Globalization;
using GitOpsOperator.Demo;
using GitOpsOperator.Demo.Environments;
using GitOpsOperator.Sandbox.Launch;

namespace GitOpsOperator.Bench;

/// <summary>
/// A cluster grows from three members to five and is then restarted with another version, by the operator in the sandbox and by hand: the
/// same programs as plain processes on loopback, with nothing but etcdctl, by somebody who never waits longer than etcd itself makes him.
/// </summary>
internal static class ChangeBench
{
    private const string Older = "3.5.16";
    private const string Newer = "3.5.30";
    private const int FirstPort = 24_790;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly string Binaries = Path.GetFullPath(Path.Combine(".cache", "binaries"));

    public static async Task RunAsync()
    {
        using var limit = new CancellationTokenSource(Limit * 2);
        var folder = Directory.CreateTempSubdirectory("bench-change-").FullName;
        var (growByHand, rollByHand) = await ByHandAsync(Path.Combine(folder, "by-hand"), limit.Token);
        var (grow, roll) = await ByOperatorAsync(folder, limit.Token);
        Console.WriteLine("\n### A change of one cluster\n\n| what | by hand with etcdctl | the operator | ratio |\n|---|--:|--:|--:|");
        Print("3 → 5 members", growByHand, grow);
        Print($"5 members from {Older} to {Newer}", rollByHand, roll);
        Directory.Delete(folder, recursive: true);
    }

    private static void Print(string what, TimeSpan byHand, TimeSpan byOperator) =>
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {what} | {byHand.TotalSeconds:0.0} s | {byOperator.TotalSeconds:0.0} s | {byOperator / byHand:0.0} |"
            )
        );

    private static async Task<(TimeSpan Grow, TimeSpan Roll)> ByOperatorAsync(string folder, CancellationToken cancellationToken)
    {
        await using var environment = await SandboxEnvironment.StartAsync(
            new(DemoPrograms.Beside, Path.Combine(folder, "environment"), Binaries, null),
            _ => { },
            cancellationToken
        );
        var example = Directory.CreateDirectory(Path.Combine(folder, "example", "clusters")).Parent!.FullName;
        var clone = await DesiredStateClone.CreateAsync(
            Path.Combine(folder, "clone"),
            environment.Git,
            environment.Repository,
            example,
            DemoContext.StatusBranch,
            cancellationToken
        );
        environment.StartOperator();
        await TimeAsync(() => ChangeAsync(3, Older));
        return (await TimeAsync(() => ChangeAsync(5, Older)), await TimeAsync(() => ChangeAsync(5, Newer)));

        async Task ChangeAsync(int size, string version)
        {
            await File.WriteAllTextAsync(
                Path.Combine(clone.Folder, DemoContext.File),
                $$"""
                apiVersion: gitops-operator.dev/v1alpha1
                kind: EtcdCluster
                metadata: {name: orders}
                spec: {size: {{size}}, version: {{version}}, storage: {size: 1Gi} }

                """,
                cancellationToken
            );
            var commit = await clone.PushAsync($"{size} of {version}", cancellationToken);
            while (
                await clone.StatusAsync(DemoContext.StatusPath, cancellationToken) is not { } text
                || StatusFile.Parse(text) is not { Phase: "Converged" } status
                || status.Revision != commit
                || status.HealthyVoters != size
            )
            {
                await Task.Delay(100, cancellationToken);
            }
        }
    }

    private static async Task<(TimeSpan Grow, TimeSpan Roll)> ByHandAsync(string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var members = new List<BackgroundProgram>();
        try
        {
            var first = string.Join(',', Enumerable.Range(0, 3).Select(Entry));
            members.AddRange(Enumerable.Range(0, 3).Select(index => Start(index, Older, first, "new")));
            await Task.WhenAll(Enumerable.Range(0, 3).Select(HealthyAsync));

            var grow = await TimeAsync(async () =>
            {
                for (var index = 3; index < 5; index++)
                {
                    var added = await UntilTakenAsync(["member", "add", $"m{index}", "--learner", $"--peer-urls={Peer(index)}"]);
                    members.Add(Start(index, Older, string.Join(',', Enumerable.Range(0, index + 1).Select(Entry)), "existing"));
                    await UntilTakenAsync(["member", "promote", added.Split(' ')[1]]);
                    await HealthyAsync(index);
                }
            });
            var roll = await TimeAsync(async () =>
            {
                for (var index = 0; index < 5; index++)
                {
                    await members[index].DisposeAsync();
                    members[index] = Start(index, Newer, "", "existing");
                    await HealthyAsync(index);
                }
            });
            return (grow, roll);
        }
        finally
        {
            foreach (var member in members)
            {
                await member.DisposeAsync();
            }
        }

        BackgroundProgram Start(int index, string version, string initial, string state) =>
            BackgroundProgram.Start(
                [
                    Path.Combine(Binaries, "etcd", version, "etcd"),
                    $"--name=m{index}",
                    $"--data-dir={folder}/m{index}",
                    $"--listen-client-urls={Client(index)}",
                    $"--advertise-client-urls={Client(index)}",
                    $"--listen-peer-urls={Peer(index)}",
                    $"--initial-advertise-peer-urls={Peer(index)}",
                    .. initial.Length > 0 ? (string[])[$"--initial-cluster={initial}", $"--initial-cluster-state={state}"] : [],
                ],
                Path.Combine(folder, $"m{index}.log")
            );

        async Task HealthyAsync(int index)
        {
            while ((await ProgramRun.RunAsync(Etcdctl(index, ["endpoint", "health"]), null, cancellationToken)).ExitCode != 0)
            {
                await Task.Delay(50, cancellationToken);
            }
        }

        // etcd refuses while members have not been connected for long enough, or a learner lags behind.
        async Task<string> UntilTakenAsync(string[] arguments)
        {
            while (true)
            {
                if (await ProgramRun.RunAsync(Etcdctl(0, arguments), null, cancellationToken) is { ExitCode: 0, Output: var output })
                {
                    return output;
                }

                await Task.Delay(50, cancellationToken);
            }
        }
    }

    private static string[] Etcdctl(int index, string[] arguments) =>
        [Path.Combine(Binaries, "etcd", Older, "etcdctl"), "--endpoints", Client(index), .. arguments];

    private static string Client(int index) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FirstPort + (2 * index)}");

    private static string Peer(int index) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FirstPort + (2 * index) + 1}");

    private static string Entry(int index) => $"m{index}={Peer(index)}";

    private static async Task<TimeSpan> TimeAsync(Func<Task> work)
    {
        var clock = Stopwatch.StartNew();
        await work();
        return clock.Elapsed;
    }
}
