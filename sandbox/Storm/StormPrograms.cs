using System.Globalization;
using System.Text.RegularExpressions;
using GitOpsOperator.Sandbox.Launch;
using GitOpsOperator.Sandbox.Node;

namespace GitOpsOperator.Sandbox.Storm;

/// <summary>The programs of a storm: the sandbox, the operator once or twice, and the client that writes.</summary>
internal sealed partial class StormPrograms : IAsyncDisposable
{
    /// <summary>The client's own, so that a member can be cut off from it alone.</summary>
    public const string WriterAddress = "10.128.0.3";

    /// <summary>The operator's, and that of whoever looks after a node.</summary>
    public const string OperatorAddress = "10.128.0.1";

    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(90);

    private readonly StormOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<string> _heard;
    private readonly BackgroundProgram _sandbox;
    private readonly BackgroundProgram?[] _operators = [null, null];
    private readonly bool[] _wanted = [false, false];
    private BackgroundProgram? _writer;

    private StormPrograms(StormOptions options, TimeProvider time, Action<string> heard, BackgroundProgram sandbox, SandboxState state)
    {
        (_options, _time, _heard, _sandbox) = (options, time, heard, sandbox);
        ControlSocket = state.ControlSocket;
    }

    public string ControlSocket { get; }

    /// <summary>Reaches the API server from outside, whatever <see cref="ApiWay"/> does.</summary>
    public string Kubeconfig => Path.Combine(SandboxFolder(_options), "kubeconfig");

    public string HistoryPath => Path.Combine(_options.Directory, "history.jsonl");

    public bool WriterRuns => _writer is { Running: true };

    public bool OperatorRuns(int which) => _operators[which] is { Running: true };

    /// <param name="heard">Gets every line that an operator prints.</param>
    /// <param name="apiPort">Port on 127.0.0.1 by which the operator reaches the API server.</param>
    public static async Task<StormPrograms> StartAsync(
        StormOptions options,
        string repositories,
        int apiPort,
        Action<string> heard,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var folder = SandboxFolder(options);
        var sandbox = BackgroundProgram.Start(
            [
                .. ProgramPath.Self(),
                "up",
                "--directory",
                folder,
                "--git",
                repositories,
                "--binaries",
                options.Binaries,
                "--reach",
                apiPort.ToString(CultureInfo.InvariantCulture),
            ],
            Path.Combine(options.Directory, "sandbox.log")
        );
        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(StartDeadline);
            SandboxState? state;
            while ((state = SandboxState.Running(folder)) is null)
            {
                if (!sandbox.Running)
                {
                    throw new StormFailedException($"the sandbox did not start; see {Path.Combine(options.Directory, "sandbox.log")}");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(100), time, deadline.Token);
            }

            var programs = new StormPrograms(options, time, heard, sandbox, state);
            await programs.ConfigureAsync(state, apiPort, cancellationToken);
            return programs;
        }
        catch
        {
            await sandbox.DisposeAsync();
            throw;
        }
    }

    /// <param name="which">0, or 1 for a second one beside it.</param>
    public void StartOperator(int which)
    {
        _wanted[which] = true;
        _operators[which] = BackgroundProgram.Start(
            Inside([_options.Operator, "run", "--config", ConfigurationOf(which)]),
            Path.Combine(_options.Directory, $"operator-{which}.log"),
            _heard
        );
    }

    /// <summary>Starts operators again that have ended by themselves, as one does that another has taken over from; Kubernetes does the
    /// same.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> RestartEndedOperatorsAsync()
    {
        var ended = (int[])[.. Enumerable.Range(0, _operators.Length).Where(which => _wanted[which] && !OperatorRuns(which))];
        foreach (var which in ended)
        {
            await _operators[which]!.DisposeAsync();
            StartOperator(which);
        }

        return ended.Length;
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillOperatorAsync(int which)
    {
        _wanted[which] = false;
        if (_operators[which] is { } running)
        {
            await running.KillAsync();
            await running.DisposeAsync();
            _operators[which] = null;
        }
    }

    public Task PauseOperatorAsync(int which, CancellationToken cancellationToken) =>
        SignalAsync(_operators[which], "-STOP", cancellationToken);

    /// <summary>Ends <see cref="PauseOperatorAsync"/>.</summary>
    public Task ContinueOperatorAsync(int which, CancellationToken cancellationToken) =>
        SignalAsync(_operators[which], "-CONT", cancellationToken);

    public void StartWriter() =>
        _writer = BackgroundProgram.Start(
            Inside([
                .. ProgramPath.Self(),
                "write",
                "--endpoint",
                $"http://{DesiredCluster.Name}-client.{ClusterSight.Namespace}.svc:{MemberAnswers.ClientPort}",
                "--history",
                HistoryPath,
                "--pause",
                "60",
                "--from",
                WriterAddress,
            ]),
            Path.Combine(_options.Directory, "writer.log")
        );

    public Task PauseWriterAsync(CancellationToken cancellationToken) => SignalAsync(_writer, "-STOP", cancellationToken);

    /// <summary>Ends <see cref="PauseWriterAsync"/>.</summary>
    public Task ContinueWriterAsync(CancellationToken cancellationToken) => SignalAsync(_writer, "-CONT", cancellationToken);

    /// <summary>Ends the writer in order, so that every call of it has its end in the history.</summary>
    public async Task StopWriterAsync()
    {
        if (_writer is { } writer)
        {
            _writer = null;
            await writer.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var program in (BackgroundProgram?[])[_writer, .. _operators])
        {
            if (program is not null)
            {
                // Paused ones hear no other signal.
                await SignalAsync(program, "-CONT", CancellationToken.None);
                await program.DisposeAsync();
            }
        }

        await _sandbox.DisposeAsync();
    }

    private static string SandboxFolder(StormOptions options) => Path.Combine(options.Directory, "sandbox");

    private string ConfigurationOf(int which) => Path.Combine(_options.Directory, $"operator-{which}.yaml");

    private IReadOnlyList<string> Inside(IReadOnlyList<string> command) =>
        [.. ProgramPath.Self(), "exec", "--directory", SandboxFolder(_options), "--", .. command];

    /// <summary>To the program and all that it started: the first is only the way into the sandbox.</summary>
    private static async Task SignalAsync(BackgroundProgram? program, string signal, CancellationToken cancellationToken)
    {
        if (program is { Running: true })
        {
            var pids = Descendants(program.Pid).Select(pid => pid.ToString(CultureInfo.InvariantCulture)).ToList();
            await HostProgram.TryAsync("kill", [signal, .. pids], cancellationToken);
        }
    }

    private static IEnumerable<int> Descendants(int pid)
    {
        yield return pid;
        var children = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/task/{pid}/children");
        if (!File.Exists(children))
        {
            yield break;
        }

        foreach (
            var child in File.ReadAllText(children)
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .SelectMany(child => Descendants(int.Parse(child, CultureInfo.InvariantCulture)))
        )
        {
            yield return child;
        }
    }

    private async Task ConfigureAsync(SandboxState state, int apiPort, CancellationToken cancellationToken)
    {
        var kubeconfig = Path.Combine(_options.Directory, "kubeconfig-operator");
        var text = await File.ReadAllTextAsync(Kubeconfig, cancellationToken);
        await Api.Kubeconfig.WriteAsync(kubeconfig, Server().Replace(text, $"server: https://127.0.0.1:{apiPort}"), cancellationToken);
        foreach (var which in (int[])[0, 1])
        {
            await File.WriteAllTextAsync(
                ConfigurationOf(which),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"""
                    stateDirectory: {Path.Combine(_options.Directory, $"state-{which}")}
                    kubeconfig: {kubeconfig}
                    recording: {Path.Combine(_options.Directory, $"recording-{which}.jsonl")}
                    repositories:
                      - name: clusters
                        url: {state.GitInside}/clusters.git
                        path: clusters
                        interval: 2s
                    leaderElection:
                      enabled: true
                      namespace: {ClusterSight.Namespace}
                      leaseDuration: 10s
                      renewDeadline: 6s
                    timing:
                      statusWindow: 1s
                      settle: 5s
                      grace: {_options.Grace.TotalSeconds}s

                    """
                ),
                cancellationToken
            );
        }
    }

    [GeneratedRegex("server: .*")]
    private static partial Regex Server();
}

/// <summary>The storm could not be made; the message says why.</summary>
internal sealed class StormFailedException(string message) : Exception(message);
