using System.Text.RegularExpressions;
using GitOpsOperator.Operator.Commands;
using GitOpsOperator.Operator.Tests.Running;
using GitOpsOperator.Reconcile.Commands;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Reconcile.Reviews;
using GitOpsOperator.Specs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace GitOpsOperator.Operator.Tests.Toy;

/// <summary>The promise of the engine: a domain of one short file gets everything, without a line changed elsewhere.</summary>
[Trait("starts", "processes")]
public sealed partial class ToyDomainTests
{
    private static readonly ClusterKey Box = new("toy", "default", "box");

    private readonly ToySystem _system = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_domain_in_one_file_gets_loop_status_drift_approval_plan_comment_page_metrics_and_commands()
    {
        await using var world = await OperatorWorld.StartAsync();
        world.Commit("box.yaml", _ => Document(2));
        world.Commit("orders.yaml", _ => "");
        var host = await world.StartOperatorAsync(
            "toy",
            writeBack: true,
            configure: configuration =>
                (configuration.Timing.Resync, configuration.Timing.StatusWindow) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)),
            modules: Create
        );

        // The loop, and the status that is written back to git.
        await UntilAsync(world, host, report => report is { Phase: ClusterPhase.Converged, Summary: "2 nodes" });
        await OperatorWorld.UntilAsync(
            () =>
                Task.FromResult(world.StatusFile("status/README.md") is { } readme && readme.Contains("toy/box", StringComparison.Ordinal)),
            "the status branch names the cluster"
        );

        // The page and the metrics.
        Assert.Contains("toy/box", (await OperatorWorld.AskAsync(host, "/")).Text, StringComparison.Ordinal);
        Assert.Contains("domain=\"toy\"", (await OperatorWorld.AskAsync(host, "/metrics")).Text, StringComparison.Ordinal);

        // Drift: somebody takes a node away, and it is back; the report says so.
        _system[Box] = 1;
        await UntilAsync(world, host, report => report.Drifts.Any(entry => entry.Fact.Target == "toy/nodes") && _system[Box] == 2);

        // Approval: what destroys data waits for a person, and then is done.
        world.Commit("box.yaml", _ => Document(1));
        await UntilAsync(world, host, report => report is { Phase: ClusterPhase.Blocked, Blocker.Rule: "needs-approval" });
        Assert.Equal(2, _system[Box]);
        var digest = Quoted().Match(Report(world, host)!.Blocker!.Remediation).Groups[1].Value;
        world.Commit("box.yaml", _ => Document(1, digest));
        await UntilAsync(world, host, report => report is { Phase: ClusterPhase.Converged, Summary: "1 nodes" });

        // The plan and the comment.
        var domain = host.Services.GetServices<IClusterDomain>().Single(domain => domain.Domain == "toy");
        var plan = await domain.PlanAsync(Read(Document(3)), new("", "c0ffee05"), Token);
        Assert.Contains("+  1. add a node", plan.Text, StringComparison.Ordinal);
        Assert.EndsWith("Plan: 2 nodes to add, 0 to remove, 0 to replace.\n", plan.Text, StringComparison.Ordinal);
        var review = new Review
        {
            Head = "c0ffee05",
            ClustersInAll = 1,
            Clusters = [new(Box, DocumentChange.Changed, [], plan.Forecast)],
        };
        Assert.StartsWith("**Safe: 2 steps for 1 of 1 cluster**", ReviewMarkdown.Write(review, 10_000), StringComparison.Ordinal);

        // The commands, by their exit codes: the running cluster as desired, and a document that says otherwise.
        var file = world.Write("box.yaml", Document(3));
        var config = world.Write("config.yaml", Configuration(world));
        Assert.Equal(ExitCode.Success, await RunAsync("validate", file));
        Assert.Equal(ExitCode.Success, await RunAsync("plan", "--config", config));
        Assert.Equal(ExitCode.Changes, await RunAsync("plan", "--config", config, file));
        Assert.Equal(ExitCode.Blocked, (ExitCode)await CommandLine.RunAsync(["validate", file], Modules.Create));
    }

    private static string Document(int nodes, string? approve = null) =>
        $"""
            apiVersion: gitops-operator.dev/v1alpha1
            kind: ToyCluster
            metadata:
              name: box
              annotations:
                gitops-operator.dev/approve: "{approve}"
            spec:
              nodes: {nodes}
            """;

    private static string Configuration(OperatorWorld world) =>
        $"""
            kubeconfig: {world.Kubeconfig}
            stateDirectory: {world.Folder}/commands
            repositories:
              - name: platform
                url: {world.RepositoryUrl}
            """;

    private static ClusterDocument Read(string text) =>
        Assert.Single(new DocumentReader([new ToyKind()]).Read([new("box.yaml", "0", System.Text.Encoding.UTF8.GetBytes(text))]).Documents);

    private static ClusterReport? Report(OperatorWorld world, IHost host) =>
        OperatorWorld.State(host).Clusters.Find(world.RepositoryUrl, Box);

    private static Task UntilAsync(OperatorWorld world, IHost host, Func<ClusterReport, bool> condition) =>
        OperatorWorld.UntilAsync(
            () => Task.FromResult(Report(world, host) is { } report && condition(report)),
            () => $"{Report(world, host)}"
        );

    private async Task<ExitCode> RunAsync(params string[] arguments) => (ExitCode)await CommandLine.RunAsync(arguments, Create);

    private System.Collections.Immutable.ImmutableArray<IDomainModule> Create() => [.. Modules.Create(), new ToyModule(_system)];

    [GeneratedRegex("\"([^\"]+)\"")]
    private static partial Regex Quoted();
}
