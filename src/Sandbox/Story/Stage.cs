using System.Text.Json;

namespace GitOpsOperator.Sandbox.Story;

/// <summary>Everything that runs while the story is told: the sandbox, the operator in it, a client that writes.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);

    private const string ClientService = "http://orders-client.default.svc:2379";

    private readonly StoryOptions _options;
    private readonly Terminal _terminal;
    private readonly BackgroundProgram _sandbox;
    private BackgroundProgram? _operator;
    private BackgroundProgram? _writer;

    private Stage(StoryOptions options, Terminal terminal, BackgroundProgram sandbox, Uri git)
    {
        _options = options;
        _terminal = terminal;
        _sandbox = sandbox;
        Git = git;
    }

    /// <summary>Address of the git server, from outside the sandbox.</summary>
    public Uri Git { get; }

    public string HistoryPath => Path.Combine(_options.Folder, "history.jsonl");

    private string SandboxFolder => Path.Combine(_options.Folder, "sandbox");

    public static async Task<Stage> SetAsync(StoryOptions options, Terminal terminal, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(options.Folder, "sandbox");
        var repositories = Path.Combine(options.Folder, "git");
        await Command.OutputAsync(["git", "init", "-q", "--bare", "-b", "main", Path.Combine(repositories, "clusters.git")], null, cancellationToken);
        await Command.OutputAsync(
            ["git", "-C", Path.Combine(repositories, "clusters.git"), "config", "http.receivepack", "true"], null, cancellationToken);

        var sandbox = BackgroundProgram.Start(
            [.. options.Program, "sandbox", "--directory", folder, "--git", repositories], Path.Combine(options.Folder, "sandbox.log"));
        var statePath = Path.Combine(folder, "sandbox.json");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(StartDeadline);
        try
        {
            while (!File.Exists(statePath))
            {
                if (!sandbox.Running)
                {
                    var log = await File.ReadAllTextAsync(Path.Combine(options.Folder, "sandbox.log"), cancellationToken);
                    throw new StoryFailedException($"The sandbox did not start:\n{log}");
                }

                await Task.Delay(50, deadline.Token);
            }

            var state = JsonSerializer.Deserialize<SandboxAddresses>(await File.ReadAllTextAsync(statePath, cancellationToken), JsonSerializerOptions.Web)
                ?? throw new StoryFailedException($"{statePath} is empty");
            await ConfigureOperatorAsync(options.Folder, folder, state.GitInside, cancellationToken);
            return new(options, terminal, sandbox, new Uri($"{state.Git}/clusters.git"));
        }
        catch
        {
            await sandbox.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the operator inside the sandbox's network.</summary>
    public void StartOperator()
    {
        _operator = BackgroundProgram.Start(
            Inside([.. _options.Program, "run", "--config", Configuration]), Path.Combine(_options.Folder, "operator.log"), Retell);
    }

    public async Task KillOperatorAsync()
    {
        await (_operator ?? throw new InvalidOperationException("No operator runs")).KillAsync();
        await _operator.DisposeAsync();
        _operator = null;
    }

    public void StartWriter() => _writer = BackgroundProgram.Start(
        Inside([.. _options.Program, "sandbox", "write", "--endpoint", ClientService, "--history", HistoryPath]),
        Path.Combine(_options.Folder, "writer.log"));

    /// <summary>Ends the writer; gives the account of what it wrote, one line, and whether nothing was lost.</summary>
    public async Task<(bool NothingLost, string Line)> AccountAsync(CancellationToken cancellationToken)
    {
        if (_writer is { Running: false })
        {
            var log = await File.ReadAllTextAsync(Path.Combine(_options.Folder, "writer.log"), cancellationToken);
            throw new StoryFailedException($"The writer ended before its time:\n{log}");
        }

        await (_writer ?? throw new InvalidOperationException("No writer runs")).DisposeAsync();
        _writer = null;
        var account = await Command.RunAsync(
            Inside([.. _options.Program, "sandbox", "account", "--endpoint", ClientService, "--history", HistoryPath]), null, cancellationToken);
        return account.ExitCode is 0 or 3
            ? (account.ExitCode == 0, account.Output.Trim())
            : throw new StoryFailedException($"The account could not be made: {account.Error}{account.Output}");
    }

    public Task<Command.Result> PlanAsync(string folder, CancellationToken cancellationToken) => Command.RunAsync(
        Inside([.. _options.Program, "plan", folder, "--config", Configuration]), null, cancellationToken);

    public Task WipeAsync(string pod, CancellationToken cancellationToken) => Command.OutputAsync(
        [.. _options.Program, "sandbox", "fault", "wipe", pod, "--directory", SandboxFolder], null, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var program in (BackgroundProgram?[])[_writer, _operator, _sandbox])
        {
            if (program is not null)
            {
                await program.DisposeAsync();
            }
        }
    }

    private string Configuration => ConfigurationIn(_options.Folder);

    private static string ConfigurationIn(string folder) => Path.Combine(folder, "operator.yaml");

    private static Task ConfigureOperatorAsync(string folder, string sandbox, string git, CancellationToken cancellationToken) =>
        File.WriteAllTextAsync(ConfigurationIn(folder), $"""
            stateDirectory: {Path.Combine(folder, "state")}
            kubeconfig: {Path.Combine(sandbox, "kubeconfig-inside")}
            repositories:
              - name: clusters
                url: {git}/clusters.git
                path: clusters
                interval: 2s
            timing:
              statusWindow: 1s
              settle: 5s
              grace: 30s
            """, cancellationToken);

    private IReadOnlyList<string> Inside(IReadOnlyList<string> command) =>
        [.. _options.Program, "sandbox", "exec", "--directory", SandboxFolder, "--", .. command];

    // The operator's own words, as far as they tell of a cluster; the rest stands in its log.
    private void Retell(string line)
    {
        var at = line.IndexOf("etcd/", StringComparison.Ordinal);
        if (at >= 0)
        {
            _terminal.Quote(line[at..]);
        }
    }

    private sealed record SandboxAddresses(string Git, string GitInside);
}
