using System.Diagnostics.Metrics;
using System.Globalization;
using GitOpsOperator.Demo;
using GitOpsOperator.Operator.Configuration;
using GitOpsOperator.Operator.Election;
using GitOpsOperator.Operator.Hosting;
using GitOpsOperator.Operator.Repositories;
using GitOpsOperator.Operator.State;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Sandbox.Api;
using GitOpsOperator.TestKit.Git;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace GitOpsOperator.Bench;

/// <summary>
/// An hour in which nothing happens, by a clock that the bench turns: the operator's parts and the API server live by it. Git's processes
/// live by the real one, so a look at the repository is waited for. The clusters are suspended, as those of <see cref="LoadBench"/>.
/// </summary>
internal static class IdleBench
{
    private const string Kubectl = ".cache/binaries/tools/kubectl";

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>Real time for what a second of the other clock sets off.</summary>
    private static readonly TimeSpan Room = TimeSpan.FromMilliseconds(10);

    public static async Task RunAsync()
    {
        using var repository = new TestRepository();
        repository.Commit("all of them", LoadBench.Documents(suspend: true));
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var api = await ApiServer.StartAsync(
            new ApiServerOptions { Time = time, BookmarkInterval = TimeSpan.FromMinutes(1) },
            CancellationToken.None
        );
        var folder = Directory.CreateDirectory(repository.Folder("operator")).FullName;
        var kubeconfig = Path.Combine(folder, "kubeconfig");
        await api.WriteKubeconfigAsync(kubeconfig, CancellationToken.None);
        await ProgramRun.OutputAsync(
            [Kubectl, "--kubeconfig", kubeconfig, "apply", "-f", "deploy/definitions.yaml"],
            null,
            CancellationToken.None
        );
        var configuration = new OperatorConfiguration
        {
            Kubeconfig = kubeconfig,
            StateDirectory = Path.Combine(folder, "state"),
            Repositories = [new() { Name = "load", Url = repository.FileUrl }],
            LeaderElection = new() { Enabled = true },
            Limits = new() { ClustersChangedAtOnce = 0 },
        };
        var interval = (int)configuration.Repositories[0].Interval.TotalSeconds;
        using var calls = new Counter();
        await using var services = OperatorServices.Build(configuration, NullLoggerFactory.Instance, time);
        await services.GetRequiredService<BackgroundWork>().StartAsync(writeOutputs: true, CancellationToken.None);
        await using var leadership = await LeadershipSession.AcquireAsync(services.GetService<LeaseElection>(), CancellationToken.None);
        var clusters = services.GetRequiredService<OperatorState>().Clusters;
        var followed = services.GetRequiredService<RepositoryRegistry>()["load"];

        await followed.PassAsync(CancellationToken.None);
        for (
            var second = 0;
            second < 120 || clusters.All.Count(report => report.Phase == ClusterPhase.Suspended) < LoadBench.Clusters;
            second++
        )
        {
            await TurnAsync(time, Room * 10);
        }

        await CompareAsync(repository, followed, kubeconfig, folder);
        Console.WriteLine(
            $"\n### An hour in which nothing happens to {LoadBench.Clusters} clusters\n\n| what | count or time |\n|---|--:|"
        );
        GC.Collect();
        var (ownBefore, gitBefore) = Processor();
        calls.Reset();
        for (var second = 0; second < Hour.TotalSeconds; second++)
        {
            if (second % interval == 0)
            {
                await followed.PassAsync(CancellationToken.None);
            }

            await TurnAsync(time, Room);
        }

        var (own, git) = Processor();
        foreach (var (verb, count) in calls.Counts.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            Console.WriteLine($"| calls to Kubernetes: {verb} | {count} |");
        }

        Console.WriteLine($"| looks at the repository | {(int)Hour.TotalSeconds / interval} |");
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| processor, with the API server's part | {(own - ownBefore).TotalSeconds:0.0} s |"
            )
        );
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"| processor of git's own processes | {(git - gitBefore).TotalSeconds:0.0} s |")
        );
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"| memory, with the API server's part | {Environment.WorkingSet / 1e6:0} MB |")
        );
    }

    /// <summary>
    /// What a schedule without an operator would run: fetch, and ask the API server of every document whether it would change anything.
    /// </summary>
    private static async Task CompareAsync(TestRepository repository, RepositoryFollower followed, string kubeconfig, string folder)
    {
        var clone = Path.Combine(folder, "clone");
        await ProgramRun.OutputAsync(["git", "clone", "-q", repository.FileUrl, clone], null, CancellationToken.None);
        Measure.Head($"A sync in which nothing has changed, of {LoadBench.Clusters} clusters");
        var baseline = Measure.Print(
            "git fetch && kubectl diff",
            () =>
            {
                ProgramRun.OutputAsync(["git", "-C", clone, "fetch", "-q"], null, CancellationToken.None).GetAwaiter().GetResult();
                string[] diff = [Kubectl, "--kubeconfig", kubeconfig, "diff", "-f", Path.Combine(clone, "clusters")];
                return $"{ProgramRun.OutputAsync(diff, null, CancellationToken.None).GetAwaiter().GetResult().Length} characters";
            }
        );
        Measure.Print(
            "the operator's",
            () =>
            {
                followed.PassAsync(CancellationToken.None).GetAwaiter().GetResult();
                return "no calls";
            },
            baseline,
            "git fetch && kubectl diff"
        );
    }

    private static Task TurnAsync(FakeTimeProvider time, TimeSpan room)
    {
        time.Advance(Second);
        return Task.Delay(room);
    }

    /// <summary>This process' own, and that of its children that have ended (proc(5): utime, stime, cutime, cstime, in hundredths of a
    /// second).</summary>
    private static (TimeSpan Own, TimeSpan Children) Processor()
    {
        var text = File.ReadAllText("/proc/self/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..]
            .Split(' ')
            .Skip(11)
            .Take(4)
            .Select(field => TimeSpan.FromSeconds(long.Parse(field, CultureInfo.InvariantCulture) / 100.0))
            .ToArray();
        return (fields[0] + fields[1], fields[2] + fields[3]);
    }

    /// <summary>Counts calls to the API server by what they do.</summary>
    private sealed class Counter : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly Lock _lock = new();
        private readonly Dictionary<string, int> _counts = [];

        public Counter()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == KubernetesCallMeter.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<double>(
                (_, _, tags, _) =>
                {
                    var (verb, resource) = ("", "");
                    foreach (var (name, value) in tags)
                    {
                        verb = name == "verb" ? value?.ToString() ?? "" : verb;
                        resource = name == "resource" ? value?.ToString() ?? "" : resource;
                    }

                    // Watches are of many kinds and for one purpose.
                    var shown = verb == "watch" ? "watch, taken up again" : $"{verb} {resource}";
                    lock (_lock)
                    {
                        _counts[shown] = _counts.GetValueOrDefault(shown) + 1;
                    }
                }
            );
            _listener.Start();
        }

        public IReadOnlyDictionary<string, int> Counts
        {
            get
            {
                lock (_lock)
                {
                    return new Dictionary<string, int>(_counts);
                }
            }
        }

        public void Reset()
        {
            lock (_lock)
            {
                _counts.Clear();
            }
        }

        public void Dispose() => _listener.Dispose();
    }
}
