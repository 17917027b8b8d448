using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using GitOpsOperator.Sandbox.Binaries;

namespace GitOpsOperator.Sandbox.Launch;

/// <summary>Runs a command inside a running sandbox: its network, names, mounts and processes, with the user's own terminal.</summary>
internal static class SandboxExec
{
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The whole command line. Killing its first process (nsenter) kills the command as well, with SIGKILL.</summary>
    public static IReadOnlyList<string> CommandLine(SandboxState state, IEnumerable<string> command)
    {
        var etcd = new ImageBinaries(state.Binaries)
            .Versions("etcd")
            .TakeLast(1)
            .Select(version => Path.Combine(state.Binaries, "etcd", version));
        // --preserve-credentials: who started the sandbox is root in it already, and an ordinary user may not set groups.
        return
        [
            "nsenter",
            "--preserve-credentials",
            "--target",
            state.Pid.ToString(CultureInfo.InvariantCulture),
            "--user",
            "--net",
            "--mount",
            "--pid",
            $"--wd={Directory.GetCurrentDirectory()}",
            "--",
            "setpriv",
            "--pdeathsig",
            "KILL",
            "--",
            "env",
            $"KUBECONFIG={state.InsideKubeconfig}",
            $"PATH={ProgramPath.WithTools(state.Binaries, etcd)}",
            .. command,
        ];
    }

    public static async Task<int> RunAsync(SandboxState state, IEnumerable<string> command, CancellationToken cancellationToken)
    {
        var line = CommandLine(state, command);
        var start = new ProcessStartInfo(line[0]) { UseShellExecute = false };
        foreach (var argument in line.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{line[0]} did not start");
        try
        {
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            await EndAsync(process);
            return process.ExitCode;
        }
    }

    // nsenter passes no signal on: its child is the command.
    private static async Task EndAsync(Process process)
    {
        var children = string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}/task/{process.Id}/children");
        if (File.Exists(children))
        {
            foreach (var child in (await File.ReadAllTextAsync(children)).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                _ = NativeKill(int.Parse(child, CultureInfo.InvariantCulture), Node.ContainerProcess.SigTerm);
            }
        }

        try
        {
            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(EndTimeout);
        }
        catch (TimeoutException)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NativeKill(int pid, int signal);
}
