using System.Diagnostics;
using System.Globalization;

namespace GitOpsOperator.Sandbox.Story;

/// <summary>
/// The story that <c>make demo-in-cluster</c> tells: the operator as its users have it, two pods that <c>kubectl apply -k deploy/</c> has made, with the
/// rights that deploy/ grants and no others.
/// </summary>
public static class InClusterStory
{
    private const string Namespace = OperatorAccess.Namespace;
    private const string Deployment = "deployment/gitops-operator";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    private static readonly (string Title, Func<Cast, CancellationToken, Task> TellAsync)[] Acts =
    [
        ("kubectl apply -k deploy/", DeployAsync),
        ("A commit: an etcd cluster of three members", BeginAsync),
        ("size: 5, and the operator that leads is killed in the middle of it", LeaderKilledAsync),
        ("kubectl delete -k deploy/: the operator is gone, with its definitions; then every member is killed", OperatorRemovedAsync),
        ("kubectl apply -k deploy/ again: it takes over what it finds, and writes nothing", TakenOverAsync),
    ];

    /// <param name="deploy">The folder with deploy/'s kustomization.</param>
    /// <returns>0 if every act ended as told and no acknowledged write was lost, else 1.</returns>
    public static async Task<int> TellAsync(StoryOptions options, string deploy, TextWriter output, CancellationToken cancellationToken)
    {
        var terminal = new Terminal(output, colour: !Console.IsOutputRedirected);
        var clock = Stopwatch.StartNew();
        try
        {
            var words = new OperatorWords(terminal.Quote);
            await using var stage = await Stage.SetAsync(options.Stage, words.Hear, cancellationToken);
            var clone = await DesiredStateClone.CreateAsync(Path.Combine(options.Stage.Folder, "clone"), stage, options.Example, Telling.StatusBranch, cancellationToken);
            var cast = new Cast(new(terminal, words, stage, clone), await DeployOverlay.WriteAsync(options.Stage.Folder, deploy, stage, new(), cancellationToken));
            terminal.Say($"A git server at {stage.Git}, and a cluster on this machine. The operator's pods run this very program.");
            foreach (var (index, act) in Acts.Index())
            {
                terminal.Act(index + 1, act.Title);
                await act.TellAsync(cast, cancellationToken);
            }

            var (nothingLost, account) = await stage.AccountAsync(cancellationToken);
            terminal.Say("");
            (nothingLost ? (Action<string>)terminal.Good : terminal.Bad)(account);
            terminal.Say(string.Create(CultureInfo.InvariantCulture, $"\nTold in {clock.Elapsed.TotalSeconds:F0} s."));
            return nothingLost ? 0 : 1;
        }
        catch (StoryFailedException failure)
        {
            terminal.Bad(failure.Message);
            terminal.Say($"The logs are in {options.Stage.Folder}.");
            return 1;
        }
    }

    private static async Task DeployAsync(Cast cast, CancellationToken cancellationToken)
    {
        cast.Terminal.Quote(await cast.KubectlAsync(["apply", "-k", cast.Overlay], cancellationToken));
        await cast.RolledOutAsync(cancellationToken);
        var leader = await cast.LeaderAsync(_ => true, "an operator that leads", cancellationToken);
        cast.Terminal.Good($"two pods are ready; {leader} acts, the other stands by");
    }

    private static async Task BeginAsync(Cast cast, CancellationToken cancellationToken)
    {
        var commit = await cast.Telling.Clone.PushAsync("Add etcd cluster orders", cancellationToken);
        cast.Terminal.Quote(await File.ReadAllTextAsync(Path.Combine(cast.Telling.Clone.Folder, Telling.File), cancellationToken));
        await cast.Telling.ConvergedAsync(commit, 3, cancellationToken);
        await cast.ShownAsync(cancellationToken);
        await cast.Stage.StartWriterAsync(cancellationToken);
        cast.Terminal.Say("From here on a client writes to it, without a pause, to the end.");
    }

    private static async Task LeaderKilledAsync(Cast cast, CancellationToken cancellationToken)
    {
        var leader = await cast.LeaderAsync(_ => true, "an operator that leads", cancellationToken);
        var learners = await cast.CountEventsAsync("AddLearner", cancellationToken);
        var commit = await cast.Telling.CommitSizeAsync(3, 5, cancellationToken);
        await Cast.UntilAsync(async () => await cast.CountEventsAsync("AddLearner", cancellationToken) > learners, "a learner that was added", cancellationToken);
        await cast.Stage.KillAsync($"{Namespace}/{Cast.PodOf(leader)}", cancellationToken);
        var clock = Stopwatch.StartNew();
        cast.Terminal.Say($"A learner is on its way. {Cast.PodOf(leader)} is killed with SIGKILL.");
        var next = await cast.LeaderAsync(holder => holder != leader, "another operator that leads", cancellationToken);
        cast.Terminal.Say(string.Create(CultureInfo.InvariantCulture, $"{next} leads after {clock.Elapsed.TotalSeconds:F0} s: the lease of the dead one had to run out first."));
        await cast.Telling.ConvergedAsync(commit, 5, cancellationToken);
        await cast.ShownAsync(cancellationToken);
    }

    private static async Task OperatorRemovedAsync(Cast cast, CancellationToken cancellationToken)
    {
        var before = await cast.DataAsync(cancellationToken);
        cast.Terminal.Quote(await cast.KubectlAsync(["delete", "--ignore-not-found", "-k", cast.Overlay], cancellationToken));
        await Cast.UntilAsync(
            async () => (await cast.KubectlAsync(["get", "pods,crds", "--all-namespaces", "-o", "name"], cancellationToken)).Split('\n').All(name => !name.Contains("gitops-operator", StringComparison.Ordinal)),
            "the end of the operator's pods and definitions", cancellationToken);
        foreach (var pod in before.Pods)
        {
            var restarts = await cast.RestartsAsync(pod, cancellationToken);
            await cast.Stage.KillAsync(pod, cancellationToken);
            await Cast.UntilAsync(async () => await cast.RestartsAsync(pod, cancellationToken) > restarts && await cast.IsReadyAsync(pod, cancellationToken), $"{pod}, started again and ready", cancellationToken);
        }

        var after = await cast.DataAsync(cancellationToken);
        if (!after.SameAs(before))
        {
            throw new StoryFailedException($"The data is not what it was.\nbefore: {before}\nafter:  {after}");
        }

        await cast.Stage.GoesOnWritingAsync(cancellationToken);
        cast.Terminal.Good($"{before.Pods.Count} members were killed and are back, with the same {before.Volumes.Count} volumes and the same ids; the client goes on");
    }

    private static async Task TakenOverAsync(Cast cast, CancellationToken cancellationToken)
    {
        var before = await cast.VersionsAsync(cancellationToken);
        await cast.KubectlAsync(["apply", "-k", cast.Overlay], cancellationToken);
        await cast.RolledOutAsync(cancellationToken);
        await Cast.UntilAsync(async () => await cast.PhaseAsync(cancellationToken) == "Converged", "the cluster, converged, in kubectl get", cancellationToken);
        await cast.ShownAsync(cancellationToken);
        var after = await cast.VersionsAsync(cancellationToken);
        if (after != before)
        {
            throw new StoryFailedException($"It has written.\nbefore:\n{before}\nafter:\n{after}");
        }

        cast.Terminal.Good($"not one of {before.Split('\n').Length} objects was written");
    }

    /// <summary>What of the cluster must outlive the operator.</summary>
    private sealed record Data(IReadOnlyList<string> Pods, IReadOnlyList<string> Volumes, IReadOnlyList<string> Members)
    {
        public bool SameAs(Data other) => Pods.SequenceEqual(other.Pods) && Volumes.SequenceEqual(other.Volumes) && Members.SequenceEqual(other.Members);

        public override string ToString() => $"{string.Join(' ', Pods)}; {string.Join(' ', Volumes)}; {string.Join(' ', Members)}";
    }

    /// <summary>Who and what the acts speak of.</summary>
    private sealed class Cast(Telling telling, string overlay)
    {
        public Telling Telling => telling;

        public Terminal Terminal => telling.Terminal;

        public Stage Stage => telling.Stage;

        public string Overlay => overlay;

        /// <summary>A holder's name is its pod's, and a mark that tells two processes in one pod apart.</summary>
        public static string PodOf(string holder) => holder.Split('_')[0];

        public async Task<string> KubectlAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) => (await Stage.KubectlAsync(arguments, cancellationToken)).Trim();

        public static async Task UntilAsync(Func<Task<bool>> condition, string what, CancellationToken cancellationToken)
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(Deadline);
            while (!await condition())
            {
                if (deadline.IsCancellationRequested)
                {
                    throw new StoryFailedException($"After {Deadline.TotalSeconds} s there is still not {what}");
                }

                await Task.Delay(100, cancellationToken);
            }
        }

        public async Task RolledOutAsync(CancellationToken cancellationToken) =>
            Terminal.Quote(await KubectlAsync(["-n", Namespace, "rollout", "status", Deployment, $"--timeout={Deadline.TotalSeconds}s"], cancellationToken));

        public async Task<string> LeaderAsync(Func<string, bool> holds, string what, CancellationToken cancellationToken)
        {
            var holder = "";
            await UntilAsync(
                async () =>
                {
                    holder = await KubectlAsync(["-n", Namespace, "get", "lease", "gitops-operator-default", "--ignore-not-found", "-o", "jsonpath={.spec.holderIdentity}"], cancellationToken);
                    return holder.Length > 0 && holds(holder);
                },
                what, cancellationToken);
            return holder;
        }

        public async Task<int> CountEventsAsync(string reason, CancellationToken cancellationToken) =>
            (await KubectlAsync(["get", "events", "-o", "jsonpath={range .items[*]}{.reason}{\"\\n\"}{end}"], cancellationToken)).Split('\n').Count(one => one == reason);

        public async Task ShownAsync(CancellationToken cancellationToken)
        {
            Terminal.Say("$ kubectl get etcdclusters");
            Terminal.Quote(await KubectlAsync(["get", "etcdclusters"], cancellationToken));
        }

        public Task<string> PhaseAsync(CancellationToken cancellationToken) => KubectlAsync(["get", "etcdclusters", "orders", "--ignore-not-found", "-o", "jsonpath={.status.phase}"], cancellationToken);

        public async Task<int> RestartsAsync(string pod, CancellationToken cancellationToken) =>
            int.Parse(await KubectlAsync(["get", "pod", pod, "-o", "jsonpath={.status.containerStatuses[0].restartCount}"], cancellationToken), CultureInfo.InvariantCulture);

        public async Task<bool> IsReadyAsync(string pod, CancellationToken cancellationToken) =>
            await KubectlAsync(["get", "pod", pod, "-o", "jsonpath={.status.conditions[?(@.type==\"Ready\")].status}"], cancellationToken) == "True";

        public async Task<Data> DataAsync(CancellationToken cancellationToken) => new(
            await LinesAsync(["get", "pods", "-l", "gitops-operator.dev/cluster=orders", "-o", "jsonpath={range .items[*]}{.metadata.name}{\"\\n\"}{end}"], cancellationToken),
            await LinesAsync(["get", "pvc", "-o", "jsonpath={range .items[*]}{.metadata.name}={.metadata.uid}{\"\\n\"}{end}"], cancellationToken),
            await Stage.MembersAsync(cancellationToken));

        /// <summary>Every object of the cluster with the version it has.</summary>
        public Task<string> VersionsAsync(CancellationToken cancellationToken) => KubectlAsync(
            ["get", "statefulsets,services,configmaps,persistentvolumeclaims,poddisruptionbudgets,pods", "-l", "gitops-operator.dev/cluster=orders", "-o",
                "jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.resourceVersion}{\"\\n\"}{end}"], cancellationToken);

        private async Task<IReadOnlyList<string>> LinesAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
            [.. (await KubectlAsync(arguments, cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
    }
}
