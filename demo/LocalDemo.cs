using System.Diagnostics;
using System.Globalization;
using GitOpsOperator.Demo.Environments;
using GitOpsOperator.Demo.Steps;

namespace GitOpsOperator.Demo;

/// <summary>
/// What `make demo` shows: steps, each an ordinary commit or an ordinary failure, each with a result that is checked.
/// </summary>
public static class LocalDemo
{
    private static readonly (string Title, Func<DemoContext, CancellationToken, Task> RunAsync)[] Steps =
    [
        ("An etcd cluster of three members, declared in git", BeginAsync),
        ("size: 5: learners join one at a time and are promoted", (context, token) => context.ResizeAsync(3, 5, token)),
        (
            "A pull request, size: 3: the reviewer reads the plan; the leader moves away first, members leave one by one",
            PullRequestStep.RunAsync
        ),
        ("A member is killed and its volume wiped", FailureSteps.MemberWipedAsync),
        ("size: 0 is refused, and nothing is touched", InvalidDocumentStep.RunAsync),
        ("Somebody scales a member to nothing by hand", ManualEditStep.RunAsync),
        ("The operator is killed in the middle of a scale-up", FailureSteps.OperatorKilledAsync),
        ("A Prometheus finds the members by itself, and a rule joins by a commit", PrometheusSteps.RunAsync),
        ("A rule written in haste is refused, alone", PrometheusSteps.BadRuleAsync),
        ("What git says of all this", EndAsync),
    ];

    /// <returns>0 if every step had its result and no acknowledged write was lost, else 1.</returns>
    public static async Task<int> RunAsync(DemoOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        var terminal = new Terminal(output, colour: !Console.IsOutputRedirected);
        var clock = Stopwatch.StartNew();
        try
        {
            var operatorOutput = new OperatorOutput(line => Repeat(terminal, line));
            await using var environment = await SandboxEnvironment.StartAsync(options.Environment, operatorOutput.Hear, cancellationToken);
            var clone = await DesiredStateClone.CreateAsync(
                Path.Combine(options.Environment.Folder, "clone"),
                environment.Git,
                environment.Repository,
                options.Example,
                DemoContext.StatusBranch,
                cancellationToken
            );
            var context = new DemoContext(terminal, operatorOutput, environment, clone);
            terminal.Say(
                $"A git server at {environment.Git}, a cluster on this machine, and an operator that reads the one and keeps the other."
            );
            foreach (var (index, step) in Steps.Index())
            {
                terminal.Step(index + 1, step.Title);
                await step.RunAsync(context, cancellationToken);
            }

            var (nothingLost, result) = await environment.VerifyAsync(cancellationToken);
            terminal.Say("");
            (nothingLost ? (Action<string>)terminal.Good : terminal.Bad)(result);
            if (options.Keep)
            {
                await KeepAsync(options, context, cancellationToken);
            }

            terminal.Say(string.Create(CultureInfo.InvariantCulture, $"\nDone in {clock.Elapsed.TotalSeconds:F0} s."));
            return nothingLost ? 0 : 1;
        }
        catch (DemoFailedException failure)
        {
            terminal.Bad(failure.Message);
            terminal.Say($"The logs are in {options.Environment.Folder}.");
            return 1;
        }
    }

    // What the operator prints about a cluster; the rest is in its log.
    private static void Repeat(Terminal terminal, string line)
    {
        var at = line.IndexOf("etcd/", StringComparison.Ordinal) is >= 0 and var ofEtcd
            ? ofEtcd
            : line.IndexOf("prometheus/", StringComparison.Ordinal);
        if (at >= 0)
        {
            terminal.Quote(line[at..]);
        }
    }

    private static async Task BeginAsync(DemoContext context, CancellationToken cancellationToken)
    {
        var commit = await context.Clone.PushAsync("Add etcd cluster orders", cancellationToken);
        context.Terminal.Quote(await File.ReadAllTextAsync(Path.Combine(context.Clone.Folder, DemoContext.File), cancellationToken));
        await context.ShowPlanAsync(cancellationToken);
        context.Environment.StartOperator();
        await context.ConvergedAsync(commit, 3, cancellationToken);
        await context.Environment.StartWriterAsync(cancellationToken);
        context.Terminal.Say("From now on a client writes through the Service orders-client and reads back what it wrote.");
    }

    private static async Task EndAsync(DemoContext context, CancellationToken cancellationToken)
    {
        context.Terminal.Quote(await context.Clone.StatusLogAsync(cancellationToken));
        context.Terminal.Say($"\n{DemoContext.StatusPath}:");
        context.Terminal.Quote(await context.FileUntilAsync(DemoContext.StatusPath, "the cluster", _ => true, cancellationToken));
    }

    private static async Task KeepAsync(DemoOptions options, DemoContext context, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(options.Environment.Folder, "sandbox");
        const string client = "http://orders-client.default.svc:2379";
        context.Terminal.Say(
            $"""

            All is left running until you press Ctrl-C.
              git clone {context.Environment.Git}
              kubectl --kubeconfig {folder}/kubeconfig get pods
              {options.Environment.Programs.Sandbox} exec --directory {folder} -- etcdctl --endpoints {client} member list -w table
            """
        );
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
