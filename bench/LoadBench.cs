using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using GitOpsOperator.Sandbox.Api;
using GitOpsOperator.TestKit.Git;
using k8s;

namespace GitOpsOperator.Bench;

/// <summary>
/// A whole operator, as a process of its own, with a thousand documents in one repository, in front of the sandbox's API server. There are
/// no nodes, so every cluster is begun and then waits for its seed; suspended, they are what a fleet idle costs.
/// </summary>
internal static partial class LoadBench
{
    public static readonly int Clusters = int.TryParse(
        Environment.GetEnvironmentVariable("LOAD_CLUSTERS"),
        CultureInfo.InvariantCulture,
        out var asked
    )
        ? asked
        : 1000;
    private const int IdleSeconds = 60;

    public static async Task RunAsync()
    {
        using var repository = new TestRepository();
        repository.Commit("nothing yet", ("README.yaml", "# no document\n"));
        await using var api = await ApiServer.StartAsync(
            new ApiServerOptions { HistoryLimit = 100_000, WatchBuffer = 100_000 },
            CancellationToken.None
        );
        using var client = new Kubernetes(api.ClientConfiguration());
        var port = FreePort();
        var folder = Directory.CreateDirectory(repository.Folder("operator")).FullName;
        await api.WriteKubeconfigAsync(Path.Combine(folder, "kubeconfig"), CancellationToken.None);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "config.yaml"),
            $"""
            kubeconfig: {folder}/kubeconfig
            stateDirectory: {folder}/state
            repositories: [{"{"}name: load, url: "{repository.FileUrl}", interval: 2s{"}"}]
            limits: {"{"}clustersChangedAtOnce: 0{"}"}
            http: {"{"}listen: "127.0.0.1:{port}"{"}"}
            """
        );

        Console.WriteLine(
            $"\n### An operator with {Clusters} clusters in one repository\n\n| what | time | calls to Kubernetes | processor | "
                + "memory |\n|---|--:|--:|--:|--:|"
        );
        var clock = Stopwatch.StartNew();
        // The program of an image is compiled ahead, and can be measured as it is.
        string[] program = Environment.GetEnvironmentVariable("OPERATOR") is { Length: > 0 } given
            ? [given]
            : ["dotnet", Path.Combine(AppContext.BaseDirectory, "gitops-operator.dll")];
        using var running = Process.Start(
            new ProcessStartInfo(program[0], [.. program[1..], "run", "--config", Path.Combine(folder, "config.yaml")])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var said = running.StandardOutput.ReadToEndAsync();
        var complained = running.StandardError.ReadToEndAsync();
        try
        {
            using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}") };
            await UntilAsync(async () => (await http.GetAsync("/readyz")).IsSuccessStatusCode);
            await PrintAsync("start to ready, without clusters", clock.Elapsed, default, running, http);

            var before = await UsageAsync(running, http);
            clock.Restart();
            repository.Commit("all of them", Documents(suspend: false));
            await UntilAsync(async () => (await client.AppsV1.ListStatefulSetForAllNamespacesAsync()).Items.Count == Clusters);
            await PrintAsync("commit to every first member applied, status included", clock.Elapsed, before, running, http);

            before = await UsageAsync(running, http);
            clock.Restart();
            repository.Commit("suspended", Documents(suspend: true));
            await UntilAsync(async () => Suspended().Count(await http.GetStringAsync("/metrics")) == Clusters);
            await PrintAsync("commit to every document taken over", clock.Elapsed, before, running, http);

            await QuietAsync(running, http);
            before = await UsageAsync(running, http);
            await Task.Delay(TimeSpan.FromSeconds(IdleSeconds));
            await PrintAsync($"{IdleSeconds} s in which nothing happens", TimeSpan.FromSeconds(IdleSeconds), before, running, http);
        }
        catch
        {
            Console.WriteLine(running.HasExited ? $"the operator has ended with {running.ExitCode}" : "the operator still runs");
            running.Kill(entireProcessTree: true);
            await File.WriteAllTextAsync("out/load.log", await said + await complained);
            Console.WriteLine("what the operator said stands in out/load.log");
            throw;
        }
        finally
        {
            running.Kill(entireProcessTree: true);
            await running.WaitForExitAsync();
        }
    }

    public static (string, string?)[] Documents(bool suspend) =>
        [
            .. Enumerable
                .Range(0, Clusters)
                .Select(number =>
                    (
                        $"clusters/c{number}.yaml",
                        (string?)
                            $"""
                            apiVersion: gitops-operator.dev/v1alpha1
                            kind: EtcdCluster
                            metadata:
                              name: c{number}
                            spec:
                              size: 3
                              version: 3.5.16
                              storage:
                                size: 1Gi
                              suspend: {(suspend ? "true" : "false")}

                            """
                    )
                ),
        ];

    private static async Task PrintAsync(
        string what,
        TimeSpan took,
        (long Calls, TimeSpan Processor) before,
        Process running,
        HttpClient http
    )
    {
        var (calls, processor) = await UsageAsync(running, http);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {what} | {took.TotalSeconds:0.0} s | {calls - before.Calls} | "
                    + $"{(processor - before.Processor).TotalSeconds:0.0} s | {running.WorkingSet64 / 1e6:0} MB |"
            )
        );
    }

    private static async Task<(long Calls, TimeSpan Processor)> UsageAsync(Process running, HttpClient http)
    {
        running.Refresh();
        return (
            Calls()
                .Matches(await http.GetStringAsync("/metrics"))
                .Sum(match => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)),
            running.TotalProcessorTime
        );
    }

    /// <summary>Events are told after the fact.</summary>
    private static async Task QuietAsync(Process running, HttpClient http)
    {
        var before = -1L;
        while ((await UsageAsync(running, http)).Calls is var calls && calls != before)
        {
            before = calls;
            await Task.Delay(TimeSpan.FromSeconds(5));
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                if (await condition())
                {
                    return;
                }
            }
            catch (HttpRequestException) when (clock.Elapsed < TimeSpan.FromSeconds(30))
            {
                // It does not listen yet.
            }

            if (clock.Elapsed > TimeSpan.FromMinutes(10))
            {
                throw new TimeoutException("Nothing came of it in ten minutes");
            }

            await Task.Delay(20);
        }
    }

    [GeneratedRegex("(?m)^gitops_operator_kubernetes_call_duration_seconds_count\\{[^}]*\\} ([0-9]+)")]
    private static partial Regex Calls();

    [GeneratedRegex("(?m)^gitops_operator_cluster_phase\\{[^}]*phase=\"suspended\"[^}]*\\} 1")]
    private static partial Regex Suspended();
}
