using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using GitOpsOperator.Sandbox.Api;

namespace GitOpsOperator.Sandbox.Node;

/// <summary>The running process of a container, in its namespaces.</summary>
internal sealed class ContainerProcess : IContainerShell, IDisposable
{
    public const int SigTerm = 15;
    public const int SigKill = 9;
    public const int SigStop = 19;
    public const int SigCont = 18;

    private const int InfoDescriptor = 3;
    private static readonly TimeSpan InfoPoll = TimeSpan.FromMilliseconds(5);

    // bubblewrap tells the process id on a descriptor that .NET cannot hand to a child; a shell opens it, and appends the log.
    private const string Script = "exec 3>\"$1\"; log=$2; shift 2; exec \"$@\" >>\"$log\" 2>&1 </dev/null";

    private readonly Process _process;
    private readonly IReadOnlyDictionary<string, string> _environment;

    private ContainerProcess(Process process, IReadOnlyDictionary<string, string> environment, int pid, Task<int> exited) =>
        (_process, _environment, Pid, Exited) = (process, environment, pid, exited);

    /// <summary>Process id as the node sees it.</summary>
    public int Pid { get; }

    /// <summary>The exit code; 128 + signal for a process that a signal ended.</summary>
    public Task<int> Exited { get; }

    public static async Task<ContainerProcess> StartAsync(
        ContainerLaunch launch,
        string infoFile,
        string log,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        File.Delete(infoFile);
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false };
        foreach (
            var argument in (string[])
                [
                    "-c",
                    Script,
                    "sh",
                    infoFile,
                    log,
                    "nsenter",
                    $"--net={launch.Place.NamespacePath}",
                    "bwrap",
                    .. launch.Bubblewrap(InfoDescriptor),
                ]
        )
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start) ?? throw new HostProgramException("/bin/sh did not start");
        var exited = WaitAsync(process);
        while (!exited.IsCompleted)
        {
            if (ReadPid(infoFile) is { } pid)
            {
                return new ContainerProcess(process, launch.Environment, pid, exited);
            }

            await Task.Delay(InfoPoll, time, CancellationToken.None);
            if (cancellationToken.IsCancellationRequested)
            {
                process.Kill(entireProcessTree: true);
                await exited;
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        // Ended before it said anything: the exit code and the log tell why.
        return new ContainerProcess(process, launch.Environment, ReadPid(infoFile) ?? 0, exited);
    }

    public void Signal(int signal)
    {
        if (Pid != 0 && !Exited.IsCompleted)
        {
            // A process that has just ended is no error; the exit is awaited anyway.
            _ = NativeKill(Pid, signal);
        }
    }

    /// <summary>SIGTERM, and SIGKILL to what is still there after the grace period.</summary>
    public async Task<int> StopAsync(TimeSpan grace, TimeProvider time)
    {
        Signal(SigTerm);
        try
        {
            return await Exited.WaitAsync(grace, time);
        }
        catch (TimeoutException)
        {
            Signal(SigKill);
            return await Exited;
        }
    }

    public void Dispose() => _process.Dispose();

    private static async Task<int> WaitAsync(Process process)
    {
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode;
    }

    private static int? ReadPid(string infoFile)
    {
        if (!File.Exists(infoFile))
        {
            return null;
        }

        var text = File.ReadAllText(infoFile);
        if (!text.Contains('}', StringComparison.Ordinal))
        {
            return null;
        }

        using var json = JsonDocument.Parse(text);
        return json.RootElement.GetProperty("child-pid").GetInt32();
    }

    /// <summary>With the container's own variables, as an exec probe and <c>kubectl exec</c> run it; on cancellation it is
    /// killed.</summary>
    public async Task<int> ExecAsync(IEnumerable<string> command, CommandStreams streams, CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            "--target",
            Pid.ToString(CultureInfo.InvariantCulture),
            "--mount",
            "--uts",
            "--ipc",
            "--net",
            "--pid",
            "--root",
            "--wd",
            "env",
            "-i",
            .. _environment.Select(variable => $"{variable.Key}={variable.Value}"),
            .. command,
        ];
        using var process =
            Process.Start(
                new ProcessStartInfo("nsenter", arguments)
                {
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            ) ?? throw new HostProgramException("nsenter did not start");
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var feeding = FeedAsync(streams.Input, process.StandardInput, over.Token);
        try
        {
            await Task.WhenAll(
                process.StandardOutput.BaseStream.CopyToAsync(streams.Output, cancellationToken),
                process.StandardError.BaseStream.CopyToAsync(streams.Error, cancellationToken)
            );
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode;
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        finally
        {
            await over.CancelAsync();
            await feeding;
        }
    }

    private static async Task FeedAsync(Stream input, StreamWriter program, CancellationToken cancellationToken)
    {
        try
        {
            await input.CopyToAsync(program.BaseStream, cancellationToken);
            program.Close();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The program has ended, or reads no further: what it has not read is of no use to anybody.
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NativeKill(int pid, int signal);
}
