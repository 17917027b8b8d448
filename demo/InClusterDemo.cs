using System.Diagnostics;
using System.Globalization;
using GitOpsOperator.Demo.Environments;

namespace GitOpsOperator.Demo;

/// <summary>
/// What <c>make demo-in-cluster</c> shows: the operator as its users have it, two pods that <c>kubectl apply -k deploy/</c> has made, with
/// the rights that deploy/ grants and no others.
/// </summary>
public static class InClusterDemo
{
    private static readonly (string Title, Func<InClusterContext, CancellationToken, Task> RunAsync)[] Steps =
    [
        ("kubectl apply -k deploy/", DeployAsync),
        ("A commit: an etcd cluster of three members", BeginAsync),
        ("size: 5, and the operator that leads is killed in the middle of it", LeaderKilledAsync),
        ("kubectl delete -k deploy/: the operator is gone, with its definitions; then every member is killed", OperatorRemovedAsync),
        ("kubectl apply -k deploy/ again: it takes over what it finds, and writes nothing", TakenOverAsync),
    ];

    /// <summary>Runs it in a sandbox of its own.</summary>
    /// <param name="deploy">The folder with deploy/'s kustomization.</param>
    /// <returns>0 if every step had its result and no acknowledged write was lost, else 1.</returns>
    public static Task<int> RunAsync(DemoOptions options, string deploy, TextWriter output, CancellationToken cancellationToken) =>
        RunAsync(
            output,
            options.Environment.Folder,
            async terminal =>
            {
                await using var sandbox = await SandboxEnvironment.StartAsync(options.Environment, _ => { }, cancellationToken);
                terminal.Say("A cluster on this machine. The operator's pods run its program as it was built here.");
                return await RunAsync(
                    terminal,
                    new(sandbox.Kubectl, sandbox.Kubeconfig, "gitops-operator:sandbox", "gitops-sandbox:sandbox", sandbox.KillAsync),
                    Path.Combine(options.Environment.Folder, "demo"),
                    options.Example,
                    deploy,
                    cancellationToken
                );
            }
        );

    /// <summary>Runs it in a cluster that is there, and removes at the end what it has made.</summary>
    /// <param name="folder">Emptied and used.</param>
    /// <returns>As above.</returns>
    public static Task<int> RunAsync(
        ForeignCluster cluster,
        string folder,
        string example,
        string deploy,
        TextWriter output,
        CancellationToken cancellationToken
    ) =>
        RunAsync(
            output,
            folder,
            terminal =>
            {
                if (Directory.Exists(folder))
                {
                    Directory.Delete(folder, recursive: true);
                }

                terminal.Say($"The cluster of {cluster.Kubeconfig}.");
                return RunAsync(
                    terminal,
                    new(cluster.Kubectl, cluster.Kubeconfig, cluster.Image, cluster.SandboxImage, KillAsync: null),
                    folder,
                    example,
                    deploy,
                    cancellationToken
                );
            }
        );

    private static async Task<int> RunAsync(TextWriter output, string folder, Func<Terminal, Task<bool>> runAsync)
    {
        var terminal = new Terminal(output, colour: !Console.IsOutputRedirected);
        var clock = Stopwatch.StartNew();
        try
        {
            var nothingLost = await runAsync(terminal);
            terminal.Say(string.Create(CultureInfo.InvariantCulture, $"\nDone in {clock.Elapsed.TotalSeconds:F0} s."));
            return nothingLost ? 0 : 1;
        }
        catch (DemoFailedException failure)
        {
            terminal.Bad(failure.Message);
            terminal.Say($"The logs are in {folder}.");
            return 1;
        }
    }

    private static async Task<bool> RunAsync(
        Terminal terminal,
        ClusterAccess access,
        string folder,
        string example,
        string deploy,
        CancellationToken cancellationToken
    )
    {
        await using var environment = await ClusterEnvironment.StartAsync(access, folder, cancellationToken);
        var clone = await DesiredStateClone.CreateAsync(
            Path.Combine(folder, "clone"),
            environment.Git,
            environment.Repository,
            example,
            GitContext.StatusBranch,
            cancellationToken
        );
        var overlay = await DeployOverlay.WriteAsync(
            folder,
            deploy,
            ClusterEnvironment.GitInside,
            new() { Image = access.Image, GitPort = ClusterEnvironment.GitPort },
            cancellationToken
        );
        var context = new InClusterContext(new(terminal, clone), environment, overlay);
        terminal.Say($"A git server at {environment.Git}, which pods reach as {ClusterEnvironment.GitInside}.");
        try
        {
            foreach (var (index, step) in Steps.Index())
            {
                terminal.Step(index + 1, step.Title);
                await step.RunAsync(context, cancellationToken);
            }

            var (nothingLost, result) = await environment.VerifyAsync(cancellationToken);
            terminal.Say("");
            (nothingLost ? (Action<string>)terminal.Good : terminal.Bad)(result);
            return nothingLost;
        }
        finally
        {
            // Also after an step that failed or was interrupted: what is left would be in its owner's way.
            await ClearAsync(context);
        }
    }

    private static async Task ClearAsync(InClusterContext context)
    {
        try
        {
            await context.RemoveOperatorAsync(CancellationToken.None);
            await context.Environment.ClearAsync(CancellationToken.None);
            context.Terminal.Say("The operator, its definitions, the cluster and its volumes are removed.");
        }
        catch (DemoFailedException failure)
        {
            // Not thrown on: why the demo ended is what is to be said at the end.
            context.Terminal.Bad($"Not all that was made could be removed: {failure.Message}");
        }
    }

    private static async Task DeployAsync(InClusterContext context, CancellationToken cancellationToken)
    {
        context.Terminal.Quote(await context.KubectlAsync(["apply", "-k", context.Overlay], cancellationToken));
        await context.RolledOutAsync(cancellationToken);
        var leader = await context.LeaderAsync(_ => true, "an operator that leads", cancellationToken);
        context.Terminal.Good($"two pods are ready; {leader} is active, the other is on standby");
    }

    private static async Task BeginAsync(InClusterContext context, CancellationToken cancellationToken)
    {
        var commit = await context.Git.Clone.PushAsync("Add etcd cluster orders", cancellationToken);
        context.Terminal.Quote(await File.ReadAllTextAsync(Path.Combine(context.Git.Clone.Folder, DemoContext.File), cancellationToken));
        await context.Git.ConvergedAsync(commit, 3, cancellationToken);
        await context.ShownAsync(cancellationToken);
        await context.Environment.GoesOnWritingAsync(cancellationToken);
        context.Terminal.Say("From here on a client writes to it, without a pause, to the end.");
    }

    private static async Task LeaderKilledAsync(InClusterContext context, CancellationToken cancellationToken)
    {
        var leader = await context.LeaderAsync(_ => true, "an operator that leads", cancellationToken);
        var learners = await context.CountEventsAsync("AddLearner", cancellationToken);
        await context.Git.WriteSizeAsync(3, 5, cancellationToken);
        var commit = await context.Git.PushSizeAsync(3, 5, cancellationToken);
        await InClusterContext.UntilAsync(
            async () => await context.CountEventsAsync("AddLearner", cancellationToken) > learners,
            "a learner that was added",
            cancellationToken
        );
        await context.Environment.KillAsync($"{InClusterContext.Namespace}/{InClusterContext.PodOf(leader)}", cancellationToken);
        var clock = Stopwatch.StartNew();
        context.Terminal.Say($"A learner is on its way. {InClusterContext.PodOf(leader)} is {context.Environment.Killing}.");
        var next = await context.LeaderAsync(holder => holder != leader, "another operator that leads", cancellationToken);
        context.Terminal.Say(string.Create(CultureInfo.InvariantCulture, $"{next} leads after {clock.Elapsed.TotalSeconds:F0} s."));
        await context.Git.ConvergedAsync(commit, 5, cancellationToken);
        await context.ShownAsync(cancellationToken);
    }

    private static async Task OperatorRemovedAsync(InClusterContext context, CancellationToken cancellationToken)
    {
        var before = await context.DataAsync(cancellationToken);
        context.Terminal.Quote(await context.RemoveOperatorAsync(cancellationToken));
        foreach (var pod in before.Pods)
        {
            var life = await context.LifeAsync(pod, cancellationToken);
            await context.Environment.KillAsync($"default/{pod}", cancellationToken);
            await InClusterContext.UntilAsync(
                async () => await context.LifeAsync(pod, cancellationToken) != life && await context.IsReadyAsync(pod, cancellationToken),
                $"{pod}, started again and ready",
                cancellationToken
            );
        }

        var after = await context.DataAsync(cancellationToken);
        if (!after.SameAs(before))
        {
            throw new DemoFailedException($"The data is not what it was.\nbefore: {before}\nafter:  {after}");
        }

        await context.Environment.GoesOnWritingAsync(cancellationToken);
        context.Terminal.Good(
            $"{before.Pods.Count} members were {context.Environment.Killing} and are back, with the same {before.Volumes.Count} "
                + "volumes and the same ids; the client goes on"
        );
    }

    private static async Task TakenOverAsync(InClusterContext context, CancellationToken cancellationToken)
    {
        var before = await context.VersionsAsync(cancellationToken);
        await context.KubectlAsync(["apply", "-k", context.Overlay], cancellationToken);
        await context.RolledOutAsync(cancellationToken);
        await InClusterContext.UntilAsync(
            async () => await context.PhaseAsync(cancellationToken) == "Converged",
            "the cluster, converged, in kubectl get",
            cancellationToken
        );
        await context.ShownAsync(cancellationToken);
        var after = await context.VersionsAsync(cancellationToken);
        if (after != before)
        {
            throw new DemoFailedException($"It has written.\nbefore:\n{before}\nafter:\n{after}");
        }

        context.Terminal.Good($"not one of {before.Split('\n').Length} objects was written");
    }
}
