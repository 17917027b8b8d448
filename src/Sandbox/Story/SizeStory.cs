using System.Diagnostics;
using System.Globalization;

namespace GitOpsOperator.Sandbox.Story;

/// <summary>
/// The story that `make demo` tells: seven acts, each an ordinary commit or an ordinary misfortune, each with an end that is checked.
/// </summary>
public sealed class SizeStory
{
    private const string File = "clusters/orders.yaml";
    private const string Status = "status/default/orders.yaml";
    private const string StatusBranch = "gitops-status/default";

    private static readonly TimeSpan ActDeadline = TimeSpan.FromSeconds(120);

    private readonly StoryOptions _options;
    private readonly Terminal _terminal;
    private readonly OperatorWords _words;
    private readonly Stage _stage;
    private readonly DesiredStateClone _clone;

    private SizeStory(StoryOptions options, Terminal terminal, OperatorWords words, Stage stage, DesiredStateClone clone)
    {
        _options = options;
        _terminal = terminal;
        _words = words;
        _stage = stage;
        _clone = clone;
    }

    /// <returns>0 if every act ended as told and no acknowledged write was lost, else 1.</returns>
    public static async Task<int> TellAsync(StoryOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        var terminal = new Terminal(output, colour: !Console.IsOutputRedirected);
        var clock = Stopwatch.StartNew();
        try
        {
            var words = new OperatorWords(line => Retell(terminal, line));
            await using var stage = await Stage.SetAsync(options.Program, options.Folder, words.Hear, options.KubeAssets, cancellationToken);
            var clone = await DesiredStateClone.CreateAsync(
                Path.Combine(options.Folder, "clone"), stage.Git, options.Example, StatusBranch, cancellationToken);
            var lossless = await new SizeStory(options, terminal, words, stage, clone).TellAsync(cancellationToken);
            terminal.Say(string.Create(CultureInfo.InvariantCulture, $"\nTold in {clock.Elapsed.TotalSeconds:F0} s."));
            return lossless ? 0 : 1;
        }
        catch (StoryFailedException failure)
        {
            terminal.Bad(failure.Message);
            terminal.Say($"The logs are in {options.Folder}.");
            return 1;
        }
    }

    // The operator's own words, as far as they tell of a cluster; the rest stands in its log.
    private static void Retell(Terminal terminal, string line)
    {
        var at = line.IndexOf("etcd/", StringComparison.Ordinal);
        if (at >= 0)
        {
            terminal.Quote(line[at..]);
        }
    }

    private async Task<bool> TellAsync(CancellationToken cancellationToken)
    {
        _terminal.Say($"A git server at {_stage.Git}, a cluster on this machine, and an operator that reads the one and keeps the other.");

        _terminal.Act(1, "An etcd cluster of three members, declared in git");
        var commit = await _clone.PushAsync("Add etcd cluster orders", cancellationToken);
        _terminal.Quote(await System.IO.File.ReadAllTextAsync(Path.Combine(_clone.Folder, File), cancellationToken));
        await ShowPlanAsync(cancellationToken);
        _stage.StartOperator();
        await ConvergedAsync(commit, 3, cancellationToken);
        await _stage.StartWriterAsync(cancellationToken);
        _terminal.Say("From now on a client writes through the Service orders-client and reads back what it wrote.");

        _terminal.Act(2, "size: 5: learners join one at a time and are promoted");
        await ResizeAsync(3, 5, cancellationToken);

        _terminal.Act(3, "size: 3: the leader moves away first, members leave one by one");
        await ResizeAsync(5, 3, cancellationToken);

        _terminal.Act(4, "A member is killed and its volume wiped");
        await WipeAsync(cancellationToken);

        _terminal.Act(5, "size: 0 is refused, and nothing is touched");
        await RefusedAsync(cancellationToken);

        _terminal.Act(6, "The operator is killed in the middle of a scale-up");
        await KilledOperatorAsync(cancellationToken);

        _terminal.Act(7, "What git says of all this");
        _terminal.Quote(await _clone.StatusLogAsync(cancellationToken));
        _terminal.Say($"\n{Status}:");
        _terminal.Quote(await _clone.StatusAsync(Status, cancellationToken) ?? throw new StoryFailedException($"{Status} is not there"));
        var (nothingLost, account) = await _stage.AccountAsync(cancellationToken);
        _terminal.Say("");
        (nothingLost ? (Action<string>)_terminal.Good : _terminal.Bad)(account);

        if (_options.Keep)
        {
            await KeepAsync(cancellationToken);
        }

        return nothingLost;
    }

    private async Task ResizeAsync(int from, int to, CancellationToken cancellationToken)
    {
        var commit = await ProposeSizeAsync(from, to, cancellationToken);
        await ConvergedAsync(commit, to, cancellationToken);
    }

    private async Task<string> ProposeSizeAsync(int from, int to, CancellationToken cancellationToken)
    {
        await _clone.ReplaceAsync(File, $"size: {from}", $"size: {to}", cancellationToken);
        _terminal.Diff(await _clone.DiffAsync(cancellationToken));
        await ShowPlanAsync(cancellationToken);
        return await _clone.PushAsync($"Scale orders from {from} to {to}", cancellationToken);
    }

    private async Task WipeAsync(CancellationToken cancellationToken)
    {
        var before = await CurrentAsync(cancellationToken);
        var victim = before.Members.First(member => member.Role == "voter").Name;
        _terminal.Say($"{victim} is killed with SIGKILL and its volume emptied.");
        await _stage.WipeAsync($"{victim}-0", cancellationToken);
        await UntilAsync(
            $"{victim} replaced by a member with a new index",
            status => status.Phase == "Converged" && status.HealthyVoters == 3 && status.Members.All(member => member.Name != victim),
            cancellationToken);
    }

    private async Task RefusedAsync(CancellationToken cancellationToken)
    {
        await _clone.ReplaceAsync(File, "size: 3", "size: 0", cancellationToken);
        _terminal.Diff(await _clone.DiffAsync(cancellationToken));
        await _clone.PushAsync("Scale orders to nothing", cancellationToken);
        var refused = await UntilAsync(
            "the document refused with rule, file and line",
            status => status.Findings.Any(finding => finding.StartsWith($"{File}:", StringComparison.Ordinal)), cancellationToken);
        foreach (var finding in refused.Findings)
        {
            _terminal.Quote(finding);
        }

        if (refused.HealthyVoters != 3)
        {
            throw new StoryFailedException($"The live cluster was touched: {refused.HealthyVoters} healthy voters are left of 3");
        }

        _terminal.Good("3 healthy voters, as before; the next good commit works:");
        await _clone.ReplaceAsync(File, "size: 0", "size: 3", cancellationToken);
        var commit = await _clone.PushAsync("Scale orders back to 3", cancellationToken);
        await ConvergedAsync(commit, 3, cancellationToken);
    }

    private async Task KilledOperatorAsync(CancellationToken cancellationToken)
    {
        // Listening begins before the commit: the operator may be quick.
        var joining = _words.UntilAsync("as a learner", ActDeadline, cancellationToken);
        var commit = await ProposeSizeAsync(3, 5, cancellationToken);
        await joining;
        await _stage.KillOperatorAsync();
        _terminal.Say("The operator is dead (SIGKILL). It is started again, and looks at what is there.");
        _stage.StartOperator();
        await ConvergedAsync(commit, 5, cancellationToken);
    }

    private async Task ShowPlanAsync(CancellationToken cancellationToken)
    {
        var plan = await _stage.PlanAsync(_clone.Folder, cancellationToken);
        if (plan.ExitCode is 1)
        {
            throw new StoryFailedException($"`plan` failed: {plan.Error}{plan.Output}");
        }

        _terminal.Say("$ gitops-operator plan");
        _terminal.Quote(plan.Output);
    }

    private async Task ConvergedAsync(string commit, int size, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var status = await UntilAsync(
            $"{size} healthy voters at commit {commit[..7]}",
            status => status.Phase == "Converged" && status.Revision == commit && status.HealthyVoters == size && status.Members.Count == size,
            cancellationToken);
        _terminal.Good(string.Create(CultureInfo.InvariantCulture, $"git says: {status.Headline} ({clock.Elapsed.TotalSeconds:F0} s)"));
    }

    private async Task<StatusFile> CurrentAsync(CancellationToken cancellationToken) =>
        await UntilAsync("a status", _ => true, cancellationToken);

    /// <summary>Looks at the status branch until it says what is expected.</summary>
    private async Task<StatusFile> UntilAsync(string expected, Func<StatusFile, bool> holds, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(ActDeadline);
        string? seen = null;
        try
        {
            while (true)
            {
                seen = await _clone.StatusAsync(Status, deadline.Token);
                if (seen is not null && StatusFile.Parse(seen) is var status && holds(status))
                {
                    return status;
                }

                await Task.Delay(250, deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StoryFailedException($"After {ActDeadline.TotalSeconds} s there is no word in git of {expected}. The status says:\n{seen ?? "nothing"}");
        }
    }

    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        var folder = Path.Combine(_options.Folder, "sandbox");
        var program = string.Join(' ', _options.Program);
        _terminal.Say($"""

            All is left running until you press Ctrl-C.
              git clone {_stage.Git}
              kubectl --kubeconfig {folder}/kubeconfig get pods
              {program} sandbox exec --directory {folder} -- etcdctl --endpoints http://orders-client.default.svc:2379 member list -w table
            """);
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
