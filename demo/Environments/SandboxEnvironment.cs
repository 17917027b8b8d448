using System.Globalization;
using System.Text.Json;
using GitOpsOperator.Sandbox.Api;
using GitOpsOperator.Sandbox.History;
using GitOpsOperator.Sandbox.Launch;

namespace GitOpsOperator.Demo.Environments;

/// <summary>Everything that runs during a demo: the sandbox, the operator in it, a client that writes.</summary>
internal sealed class SandboxEnvironment : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);

    /// <summary>A real API server alone may take two minutes on a busy machine.</summary>
    private static readonly TimeSpan KubeStartDeadline = TimeSpan.FromSeconds(180);

    private const string ClientService = "http://orders-client.default.svc:2379";

    private readonly DemoPrograms _programs;
    private readonly TimeSpan _writerPause;
    private readonly string _folder;
    private readonly string _kubectl;
    private readonly Action<string> _heard;
    private readonly BackgroundProgram _sandbox;
    private BackgroundProgram? _operator;
    private BackgroundProgram? _writer;

    private SandboxEnvironment(EnvironmentOptions options, Action<string> heard, BackgroundProgram sandbox, Uri git, string gitInside)
    {
        _programs = options.Programs;
        _writerPause = options.WriterPause;
        _folder = options.Folder;
        _kubectl = KubectlIn(options.Binaries);
        _heard = heard;
        HasRealKubernetes = options.KubeAssets is not null;
        _sandbox = sandbox;
        Git = git;
        GitInside = gitInside;
    }

    /// <summary>Not the sandbox's own API server.</summary>
    public bool HasRealKubernetes { get; }

    /// <summary>Address of the git server, from outside the sandbox.</summary>
    public Uri Git { get; }

    /// <summary>The same repository as pods reach it.</summary>
    public string GitInside { get; }

    public string Kubectl => _kubectl;

    /// <summary>Reaches the API server from outside the sandbox.</summary>
    public string Kubeconfig => Path.Combine(SandboxFolder, "kubeconfig");

    /// <summary>Folder of the bare repository that is served at <see cref="Git"/>.</summary>
    public string Repository => RepositoryIn(_folder);

    public string HistoryPath => Path.Combine(_folder, "history.jsonl");

    private string SandboxFolder => Path.Combine(_folder, "sandbox");

    /// <param name="heard">Gets every line that the operator prints.</param>
    public static async Task<SandboxEnvironment> StartAsync(
        EnvironmentOptions options,
        Action<string> heard,
        CancellationToken cancellationToken
    )
    {
        var (programs, folder, kubeAssets) = (options.Programs, options.Folder, options.KubeAssets);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        var sandboxFolder = Path.Combine(folder, "sandbox");
        var repositories = Path.Combine(folder, "git");
        await BareRepository.CreateAsync(RepositoryIn(folder), cancellationToken);

        var sandbox = BackgroundProgram.Start(
            [
                programs.Sandbox,
                "up",
                "--directory",
                sandboxFolder,
                "--git",
                repositories,
                "--image",
                programs.OperatorImage,
                .. kubeAssets is null ? Array.Empty<string>() : ["--kube-assets", kubeAssets],
                "--binaries",
                options.Binaries,
                .. options.ProjectionDelay is { } delay ? ["--projection-delay", $"{(int)delay.TotalSeconds}"] : Array.Empty<string>(),
                .. options.Reach.SelectMany(port => (string[])["--reach", $"{port}"]),
            ],
            Path.Combine(folder, "sandbox.log")
        );
        var statePath = Path.Combine(sandboxFolder, "sandbox.json");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(kubeAssets is null ? StartDeadline : KubeStartDeadline);
        try
        {
            while (!File.Exists(statePath))
            {
                if (!sandbox.Running)
                {
                    var log = await File.ReadAllTextAsync(Path.Combine(folder, "sandbox.log"), cancellationToken);
                    throw new DemoFailedException($"The sandbox did not start:\n{log}");
                }

                await Task.Delay(50, deadline.Token);
            }

            var state =
                JsonSerializer.Deserialize<SandboxAddresses>(
                    await File.ReadAllTextAsync(statePath, cancellationToken),
                    JsonSerializerOptions.Web
                ) ?? throw new DemoFailedException($"{statePath} is empty");
            var kubeconfig = Path.Combine(sandboxFolder, "kubeconfig-inside");
            if (options.Deploy is { } deploy)
            {
                (var administrator, kubeconfig) = (kubeconfig, Path.Combine(folder, "kubeconfig-operator"));
                await OperatorAccess.GrantAsync(
                    (arguments, token) =>
                        ProgramRun.OutputAsync(
                            [KubectlIn(options.Binaries), "--kubeconfig", Path.Combine(sandboxFolder, "kubeconfig"), .. arguments],
                            null,
                            token
                        ),
                    deploy,
                    administrator,
                    kubeconfig,
                    cancellationToken
                );
            }

            await ConfigureOperatorAsync(options, kubeconfig, state.GitInside, cancellationToken);
            return new(options, heard, sandbox, new Uri($"{state.Git}/clusters.git"), $"{state.GitInside}/clusters.git");
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
            Inside([_programs.Operator, "run", "--config", Configuration]),
            Path.Combine(_folder, "operator.log"),
            _heard
        );
    }

    public async Task KillOperatorAsync()
    {
        await (_operator ?? throw new InvalidOperationException("No operator runs")).KillAsync();
        await _operator.DisposeAsync();
        _operator = null;
    }

    /// <summary>Starts a client, and returns once its first write is acknowledged.</summary>
    public async Task StartWriterAsync(CancellationToken cancellationToken)
    {
        _writer = BackgroundProgram.Start(
            Inside([
                _programs.Sandbox,
                "write",
                "--endpoint",
                ClientService,
                "--history",
                HistoryPath,
                "--pause",
                _writerPause.TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
            ]),
            Path.Combine(_folder, "writer.log")
        );
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(StartDeadline);
        while (!File.Exists(HistoryPath) || (await PutHistory.ReadAsync(HistoryPath, deadline.Token)).Acknowledged == 0)
        {
            await ThrowIfWriterEndedAsync(cancellationToken);
            await Task.Delay(50, deadline.Token);
        }
    }

    /// <exception cref="DemoFailedException">It had ended by itself, which it does only when it saw something impossible.</exception>
    public async Task StopWriterAsync(CancellationToken cancellationToken)
    {
        await ThrowIfWriterEndedAsync(cancellationToken);
        await (_writer ?? throw new InvalidOperationException("No writer runs")).DisposeAsync();
        _writer = null;
    }

    /// <summary>Ends the writer; gives the result of what it wrote, one line, and whether nothing was lost.</summary>
    public async Task<(bool NothingLost, string Line)> VerifyAsync(CancellationToken cancellationToken)
    {
        await StopWriterAsync(cancellationToken);
        var result = await ProgramRun.RunAsync(
            Inside([_programs.Sandbox, "verify", "--endpoint", ClientService, "--history", HistoryPath]),
            null,
            cancellationToken
        );
        return result.ExitCode is 0 or 3
            ? (result.ExitCode == 0, result.Output.Trim())
            : throw new DemoFailedException($"What was written could not be verified: {result.Error}{result.Output}");
    }

    public Task<ProgramRun.Result> PlanAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        ProgramRun.RunAsync(Inside([_programs.Operator, "plan", .. arguments, "--config", Configuration]), null, cancellationToken);

    /// <summary>What somebody does by hand, from outside the sandbox.</summary>
    public Task<string> KubectlAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        ProgramRun.OutputAsync([_kubectl, "--kubeconfig", Kubeconfig, .. arguments], null, cancellationToken);

    /// <summary>Runs a command inside the sandbox's network.</summary>
    public Task<string> ExecuteAsync(IReadOnlyList<string> command, CancellationToken cancellationToken) =>
        ProgramRun.OutputAsync(Inside(command), null, cancellationToken);

    /// <summary>As <see cref="ExecuteAsync"/>, for a command whose exit code says something.</summary>
    internal Task<ProgramRun.Result> RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken) =>
        ProgramRun.RunAsync(Inside(command), null, cancellationToken);

    public Task KillAsync(string pod, CancellationToken cancellationToken) => FaultAsync("kill", pod, cancellationToken);

    public Task WipeAsync(string pod, CancellationToken cancellationToken) => FaultAsync("wipe", pod, cancellationToken);

    /// <param name="fault">As <c>gitops-sandbox fault</c> knows it.</param>
    public Task FaultAsync(string fault, string target, CancellationToken cancellationToken) =>
        ProgramRun.OutputAsync([_programs.Sandbox, "fault", fault, target, "--directory", SandboxFolder], null, cancellationToken);

    /// <summary>Pods that a node starts from now on start so much later.</summary>
    public Task SlowStartAsync(string node, int seconds, CancellationToken cancellationToken) =>
        ProgramRun.OutputAsync(
            [_programs.Sandbox, "fault", "slow-start", node, "--seconds", $"{seconds}", "--directory", SandboxFolder],
            null,
            cancellationToken
        );

    /// <param name="from">An address, with a port where only that is meant.</param>
    public Task PartitionAsync(string pod, string from, CancellationToken cancellationToken) =>
        ProgramRun.OutputAsync(
            [_programs.Sandbox, "fault", "partition", pod, "--from", from, "--directory", SandboxFolder],
            null,
            cancellationToken
        );

    /// <summary>Has the API server hold the next write of a resource, such as <c>configmaps/orders-record</c>.</summary>
    public Task<HeldWrite> HoldAsync(HoldPoint point, string resource, CancellationToken cancellationToken)
    {
        var state = SandboxState.Running(SandboxFolder) ?? throw new InvalidOperationException($"No sandbox runs in {SandboxFolder}");
        return ControlClient.HoldAsync(state.ControlSocket, point, resource, cancellationToken);
    }

    /// <summary>What a container has printed.</summary>
    public Task<string> LogAsync(string pod, string container, CancellationToken cancellationToken) =>
        File.ReadAllTextAsync(Path.Combine(SandboxFolder, "logs", "default", pod, $"{container}.log"), cancellationToken);

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

    private string Configuration => ConfigurationIn(_folder);

    private static string KubectlIn(string binaries) => Path.Combine(binaries, "tools", "kubectl");

    private static string ConfigurationIn(string folder) => Path.Combine(folder, "operator.yaml");

    private async Task ThrowIfWriterEndedAsync(CancellationToken cancellationToken)
    {
        if (_writer is { Running: false })
        {
            var log = await File.ReadAllTextAsync(Path.Combine(_folder, "writer.log"), cancellationToken);
            throw new DemoFailedException($"The writer ended before its time:\n{log}");
        }
    }

    /// <summary>What the operator saw and decided, pass by pass.</summary>
    public static string RecordingIn(string folder) => Path.Combine(folder, "recording.jsonl");

    private static string RepositoryIn(string folder) => Path.Combine(folder, "git", "clusters.git");

    private static Task ConfigureOperatorAsync(
        EnvironmentOptions options,
        string kubeconfig,
        string git,
        CancellationToken cancellationToken
    ) =>
        File.WriteAllTextAsync(
            ConfigurationIn(options.Folder),
            $"""
            stateDirectory: {Path.Combine(options.Folder, "state")}
            kubeconfig: {kubeconfig}
            recording: {RecordingIn(options.Folder)}
            repositories:
              - name: clusters
                url: {git}/clusters.git
                path: clusters
                interval: 2s
            {string.Concat(options.RepositorySettings.Select(line => $"    {line}\n"))}
            leaderElection:
              enabled: {(options.Deploy is null ? "false" : "true")}
              namespace: {OperatorAccess.Namespace}
              leaseDuration: 10s
              renewDeadline: 6s
            timing:
              statusWindow: 1s
              settle: 5s
              grace: 30s
            prometheus:
              enabled: true
              objectsFromCluster: true
              promtool: {Path.Combine(options.Binaries, "prometheus")}
            """,
            cancellationToken
        );

    private IReadOnlyList<string> Inside(IReadOnlyList<string> command) =>
        [_programs.Sandbox, "exec", "--directory", SandboxFolder, "--", .. command];

    private sealed record SandboxAddresses(string Git, string GitInside);
}
