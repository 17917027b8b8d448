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

    /// <summary>Tells it in a sandbox of its own.</summary>
    /// <param name="deploy">The folder with deploy/'s kustomization.</param>
    /// <returns>0 if every act ended as told and no acknowledged write was lost, else 1.</returns>
    public static Task<int> TellAsync(StoryOptions options, string deploy, TextWriter output, CancellationToken cancellationToken) =>
        TellAsync(output, options.Stage.Folder, async terminal =>
        {
            await using var sandbox = await Stage.SetAsync(options.Stage, _ => { }, cancellationToken);
            terminal.Say("A cluster on this machine. The operator's pods run this very program.");
            return await TellAsync(
                terminal, new(sandbox.Kubectl, sandbox.Kubeconfig, "gitops-operator:sandbox", sandbox.KillAsync),
                Path.Combine(options.Stage.Folder, "story"), options.Example, deploy, cancellationToken);
        });

    /// <summary>Tells it in a cluster that is there, and removes at the end what it has made.</summary>
    /// <param name="folder">Emptied and used.</param>
    /// <returns>As above.</returns>
    public static Task<int> TellAsync(ForeignCluster cluster, string folder, string example, string deploy, TextWriter output, CancellationToken cancellationToken) =>
        TellAsync(output, folder, terminal =>
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }

            terminal.Say($"The cluster of {cluster.Kubeconfig}.");
            return TellAsync(terminal, new(cluster.Kubectl, cluster.Kubeconfig, cluster.Image, KillAsync: null), folder, example, deploy, cancellationToken);
        });

    private static async Task<int> TellAsync(TextWriter output, string folder, Func<Terminal, Task<bool>> tellAsync)
    {
        var terminal = new Terminal(output, colour: !Console.IsOutputRedirected);
        var clock = Stopwatch.StartNew();
        try
        {
            var nothingLost = await tellAsync(terminal);
            terminal.Say(string.Create(CultureInfo.InvariantCulture, $"\nTold in {clock.Elapsed.TotalSeconds:F0} s."));
            return nothingLost ? 0 : 1;
        }
        catch (StoryFailedException failure)
        {
            terminal.Bad(failure.Message);
            terminal.Say($"The logs are in {folder}.");
            return 1;
        }
    }

    private static async Task<bool> TellAsync(Terminal terminal, ClusterAccess access, string folder, string example, string deploy, CancellationToken cancellationToken)
    {
        await using var stage = await ClusterStage.SetAsync(access, folder, cancellationToken);
        var clone = await DesiredStateClone.CreateAsync(Path.Combine(folder, "clone"), stage.Git, stage.Repository, example, GitTelling.StatusBranch, cancellationToken);
        var overlay = await DeployOverlay.WriteAsync(
            folder, deploy, ClusterStage.GitInside, new() { Image = access.Image, GitPort = ClusterStage.GitPort }, cancellationToken);
        var cast = new Cast(new(terminal, clone), stage, overlay);
        terminal.Say($"A git server at {stage.Git}, which pods reach as {ClusterStage.GitInside}.");
        try
        {
            foreach (var (index, act) in Acts.Index())
            {
                terminal.Act(index + 1, act.Title);
                await act.TellAsync(cast, cancellationToken);
            }

            var (nothingLost, account) = await stage.AccountAsync(cancellationToken);
            terminal.Say("");
            (nothingLost ? (Action<string>)terminal.Good : terminal.Bad)(account);
            return nothingLost;
        }
        finally
        {
            // Also after an act that failed or was interrupted: what is left would be in its owner's way.
            await ClearAsync(cast);
        }
    }

    private static async Task ClearAsync(Cast cast)
    {
        try
        {
            await cast.RemoveOperatorAsync(CancellationToken.None);
            await cast.Stage.ClearAsync(CancellationToken.None);
            cast.Terminal.Say("The operator, its definitions, the cluster and its volumes are removed.");
        }
        catch (StoryFailedException failure)
        {
            // Not thrown on: why the story ended is what is to be told in the end.
            cast.Terminal.Bad($"Not all that was made could be removed: {failure.Message}");
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
        await cast.Stage.GoesOnWritingAsync(cancellationToken);
        cast.Terminal.Say("From here on a client writes to it, without a pause, to the end.");
    }

    private static async Task LeaderKilledAsync(Cast cast, CancellationToken cancellationToken)
    {
        var leader = await cast.LeaderAsync(_ => true, "an operator that leads", cancellationToken);
        var learners = await cast.CountEventsAsync("AddLearner", cancellationToken);
        await cast.Telling.WriteSizeAsync(3, 5, cancellationToken);
        var commit = await cast.Telling.PushSizeAsync(3, 5, cancellationToken);
        await Cast.UntilAsync(async () => await cast.CountEventsAsync("AddLearner", cancellationToken) > learners, "a learner that was added", cancellationToken);
        await cast.Stage.KillAsync($"{Namespace}/{Cast.PodOf(leader)}", cancellationToken);
        var clock = Stopwatch.StartNew();
        cast.Terminal.Say($"A learner is on its way. {Cast.PodOf(leader)} is {cast.Stage.Killing}.");
        var next = await cast.LeaderAsync(holder => holder != leader, "another operator that leads", cancellationToken);
        cast.Terminal.Say(string.Create(CultureInfo.InvariantCulture, $"{next} leads after {clock.Elapsed.TotalSeconds:F0} s."));
        await cast.Telling.ConvergedAsync(commit, 5, cancellationToken);
        await cast.ShownAsync(cancellationToken);
    }

    private static async Task OperatorRemovedAsync(Cast cast, CancellationToken cancellationToken)
    {
        var before = await cast.DataAsync(cancellationToken);
        cast.Terminal.Quote(await cast.RemoveOperatorAsync(cancellationToken));
        foreach (var pod in before.Pods)
        {
            var life = await cast.LifeAsync(pod, cancellationToken);
            await cast.Stage.KillAsync($"default/{pod}", cancellationToken);
            await Cast.UntilAsync(async () => await cast.LifeAsync(pod, cancellationToken) != life && await cast.IsReadyAsync(pod, cancellationToken), $"{pod}, started again and ready", cancellationToken);
        }

        var after = await cast.DataAsync(cancellationToken);
        if (!after.SameAs(before))
        {
            throw new StoryFailedException($"The data is not what it was.\nbefore: {before}\nafter:  {after}");
        }

        await cast.Stage.GoesOnWritingAsync(cancellationToken);
        cast.Terminal.Good($"{before.Pods.Count} members were {cast.Stage.Killing} and are back, with the same {before.Volumes.Count} volumes and the same ids; the client goes on");
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
    private sealed class Cast(GitTelling telling, ClusterStage stage, string overlay)
    {
        public GitTelling Telling => telling;

        public Terminal Terminal => telling.Terminal;

        public ClusterStage Stage => stage;

        public string Overlay => overlay;

        /// <summary>A holder's name is its pod's, and a mark that tells two processes in one pod apart.</summary>
        public static string PodOf(string holder) => holder.Split('_')[0];

        public async Task<string> KubectlAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) => (await Stage.KubectlAsync(arguments, cancellationToken)).Trim();

        /// <summary>Where the document of the story has its cluster, whichever namespace the kubeconfig names.</summary>
        private Task<string> InDefaultAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) => KubectlAsync(["-n", "default", .. arguments], cancellationToken);

        /// <summary>Returns once its pods and definitions are gone.</summary>
        public async Task<string> RemoveOperatorAsync(CancellationToken cancellationToken)
        {
            var told = await KubectlAsync(["delete", "--ignore-not-found", "-k", overlay], cancellationToken);
            await UntilAsync(
                async () => (await KubectlAsync(["get", "pods,customresourcedefinitions", "--all-namespaces", "-o", "jsonpath={range .items[*]}{.metadata.namespace} {.metadata.name}{\"\\n\"}{end}"], cancellationToken))
                    .Split('\n').All(name => !name.StartsWith(OperatorAccess.Namespace + " ", StringComparison.Ordinal) && !name.EndsWith(".gitops-operator.dev", StringComparison.Ordinal)),
                "the end of the operator's pods and definitions", cancellationToken);
            return told;
        }

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
            (await InDefaultAsync(["get", "events", "-o", "jsonpath={range .items[*]}{.reason}{\"\\n\"}{end}"], cancellationToken)).Split('\n').Count(one => one == reason);

        public async Task ShownAsync(CancellationToken cancellationToken)
        {
            Terminal.Say("$ kubectl get etcdclusters");
            Terminal.Quote(await InDefaultAsync(["get", "etcdclusters"], cancellationToken));
        }

        public Task<string> PhaseAsync(CancellationToken cancellationToken) => InDefaultAsync(["get", "etcdclusters", "orders", "--ignore-not-found", "-o", "jsonpath={.status.phase}"], cancellationToken);

        /// <summary>Another one after each start of the pod's container; none while there is no such pod.</summary>
        public Task<string> LifeAsync(string pod, CancellationToken cancellationToken) =>
            InDefaultAsync(["get", "pod", pod, "--ignore-not-found", "-o", "jsonpath={.metadata.uid}/{.status.containerStatuses[0].restartCount}"], cancellationToken);

        public async Task<bool> IsReadyAsync(string pod, CancellationToken cancellationToken) =>
            await InDefaultAsync(["get", "pod", pod, "--ignore-not-found", "-o", "jsonpath={.status.conditions[?(@.type==\"Ready\")].status}"], cancellationToken) == "True";

        public async Task<Data> DataAsync(CancellationToken cancellationToken) => new(
            await LinesAsync(["get", "pods", "-l", "gitops-operator.dev/cluster=orders", "-o", "jsonpath={range .items[*]}{.metadata.name}{\"\\n\"}{end}"], cancellationToken),
            await LinesAsync(["get", "pvc", "-o", "jsonpath={range .items[*]}{.metadata.name}={.metadata.uid}{\"\\n\"}{end}"], cancellationToken),
            await Stage.MembersAsync(cancellationToken));

        /// <summary>Every object of the cluster with the version it has.</summary>
        public Task<string> VersionsAsync(CancellationToken cancellationToken) => InDefaultAsync(
            ["get", "statefulsets,services,configmaps,persistentvolumeclaims,poddisruptionbudgets,pods", "-l", "gitops-operator.dev/cluster=orders", "-o",
                "jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.resourceVersion}{\"\\n\"}{end}"], cancellationToken);

        private async Task<IReadOnlyList<string>> LinesAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
            [.. (await InDefaultAsync(arguments, cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
    }
}
