using System.Diagnostics;
using System.Globalization;

namespace GitOpsOperator.Sandbox.Story;

/// <summary>
/// The story that `make demo` tells: acts, each an ordinary commit or an ordinary misfortune, each with an end that is checked.
/// </summary>
public static class SizeStory
{
    private static readonly (string Title, Func<Telling, CancellationToken, Task> TellAsync)[] Acts =
    [
        ("An etcd cluster of three members, declared in git", BeginAsync),
        ("size: 5: learners join one at a time and are promoted", (telling, token) => telling.ResizeAsync(3, 5, token)),
        ("A pull request, size: 3: the reviewer reads the plan; the leader moves away first, members leave one by one", PullRequestAct.TellAsync),
        ("A member is killed and its volume wiped", MisfortuneActs.MemberWipedAsync),
        ("size: 0 is refused, and nothing is touched", RefusalAct.TellAsync),
        ("Somebody scales a member to nothing by hand", HandEditAct.TellAsync),
        ("The operator is killed in the middle of a scale-up", MisfortuneActs.OperatorKilledAsync),
        ("A Prometheus finds the members by itself, and a rule joins by a commit", PrometheusActs.TellAsync),
        ("A rule written in haste is refused, alone", PrometheusActs.BadRuleAsync),
        ("What git says of all this", EndAsync),
    ];

    /// <returns>0 if every act ended as told and no acknowledged write was lost, else 1.</returns>
    public static async Task<int> TellAsync(StoryOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        var terminal = new Terminal(output, colour: !Console.IsOutputRedirected);
        var clock = Stopwatch.StartNew();
        try
        {
            var words = new OperatorWords(line => Retell(terminal, line));
            await using var stage = await Stage.SetAsync(options.Stage, words.Hear, cancellationToken);
            var clone = await DesiredStateClone.CreateAsync(
                Path.Combine(options.Stage.Folder, "clone"), stage.Git, stage.Repository, options.Example, Telling.StatusBranch, cancellationToken);
            var telling = new Telling(terminal, words, stage, clone);
            terminal.Say($"A git server at {stage.Git}, a cluster on this machine, and an operator that reads the one and keeps the other.");
            foreach (var (index, act) in Acts.Index())
            {
                terminal.Act(index + 1, act.Title);
                await act.TellAsync(telling, cancellationToken);
            }

            var (nothingLost, account) = await stage.AccountAsync(cancellationToken);
            terminal.Say("");
            (nothingLost ? (Action<string>)terminal.Good : terminal.Bad)(account);
            if (options.Keep)
            {
                await KeepAsync(options, telling, cancellationToken);
            }

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

    // The operator's own words, as far as they tell of a cluster; the rest stands in its log.
    private static void Retell(Terminal terminal, string line)
    {
        var at = line.IndexOf("etcd/", StringComparison.Ordinal) is >= 0 and var ofEtcd ? ofEtcd : line.IndexOf("prometheus/", StringComparison.Ordinal);
        if (at >= 0)
        {
            terminal.Quote(line[at..]);
        }
    }

    private static async Task BeginAsync(Telling telling, CancellationToken cancellationToken)
    {
        var commit = await telling.Clone.PushAsync("Add etcd cluster orders", cancellationToken);
        telling.Terminal.Quote(await File.ReadAllTextAsync(Path.Combine(telling.Clone.Folder, Telling.File), cancellationToken));
        await telling.ShowPlanAsync(cancellationToken);
        telling.Stage.StartOperator();
        await telling.ConvergedAsync(commit, 3, cancellationToken);
        await telling.Stage.StartWriterAsync(cancellationToken);
        telling.Terminal.Say("From now on a client writes through the Service orders-client and reads back what it wrote.");
    }

    private static async Task EndAsync(Telling telling, CancellationToken cancellationToken)
    {
        telling.Terminal.Quote(await telling.Clone.StatusLogAsync(cancellationToken));
        telling.Terminal.Say($"\n{Telling.StatusPath}:");
        telling.Terminal.Quote(await telling.FileUntilAsync(Telling.StatusPath, "the cluster", _ => true, cancellationToken));
    }

    private static async Task KeepAsync(StoryOptions options, Telling telling, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(options.Stage.Folder, "sandbox");
        var program = string.Join(' ', options.Stage.Program);
        telling.Terminal.Say($"""

            All is left running until you press Ctrl-C.
              git clone {telling.Stage.Git}
              kubectl --kubeconfig {folder}/kubeconfig get pods
              {program} sandbox exec --directory {folder} -- etcdctl --endpoints http://orders-client.default.svc:2379 member list -w table
            """);
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
