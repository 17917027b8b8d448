using System.Diagnostics;
using System.Globalization;
using System.Net;
using GitOpsOperator.Sandbox.Binaries;
using GitOpsOperator.Sandbox.Kube;

namespace GitOpsOperator.Sandbox.Launch;

/// <summary>The process in the user's shell: starts the inside, forwards to it, and ends it.</summary>
internal sealed class SandboxOutside(SandboxOptions options, TextWriter output)
{
    private const int NamespacesForbidden = 2;
    internal const string KubeFolder = "kube";
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(5);

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var directory = Path.GetFullPath(options.Directory);
        var binaries = Path.GetFullPath(options.Binaries);
        Environment.SetEnvironmentVariable("PATH", ProgramPath.WithTools(binaries));
        if (await NamespaceSupport.ProblemAsync(cancellationToken) is { } problem)
        {
            await output.WriteLineAsync(problem);
            return NamespacesForbidden;
        }

        if (new ImageBinaries(binaries).Versions("etcd").Count == 0)
        {
            await output.WriteLineAsync($"error: no etcd in {binaries}; run scripts/binaries.sh, or name the folder that it filled");
            return 1;
        }

        if (options.KubeAssets is { } assets && KubeServer.Missing(assets) is { } missing)
        {
            await output.WriteLineAsync($"error: no {missing} in {assets}; scripts/kube.sh builds what is needed and prints the folder");
            return 1;
        }

        if (SandboxState.Running(directory) is { } running)
        {
            await output.WriteLineAsync(
                $"error: a sandbox runs in {directory} already (process {running.Pid}); stop it, or choose another folder"
            );
            return 1;
        }

        ClearFolder(directory);

        // A unix socket's path has 108 bytes at most, so it cannot stand in a folder of the user's choice.
        var sockets = Directory.CreateTempSubdirectory("sandbox-");
        try
        {
            return await RunInsideAsync(directory, binaries, sockets.FullName, cancellationToken);
        }
        catch (ControlException e)
        {
            await output.WriteLineAsync($"error: {e.Message}");
            return 1;
        }
        finally
        {
            File.Delete(SandboxState.PathIn(directory));
            sockets.Delete(recursive: true);
        }
    }

    // No API server outlives its sandbox: what an earlier sandbox left on disk belongs to nothing any more.
    private static void ClearFolder(string directory)
    {
        foreach (var part in (string[])["volumes", "copies", "pods", "logs", KubeFolder])
        {
            if (Directory.Exists(Path.Combine(directory, part)))
            {
                Directory.Delete(Path.Combine(directory, part), recursive: true);
            }
        }

        Directory.CreateDirectory(Path.Combine(directory, "logs"));
    }

    private async Task<int> RunInsideAsync(string directory, string binaries, string sockets, CancellationToken cancellationToken)
    {
        var controlSocket = Path.Combine(sockets, "control");
        using var api = SocketForwarder.Inwards(controlSocket, SandboxInside.Address, SandboxInside.ApiPort);
        using var git = options.Repositories is null
            ? null
            : SocketForwarder.Inwards(controlSocket, SandboxInside.Address, SandboxInside.GitPort);
        var gitAddress = git is null ? null : $"http://127.0.0.1:{git.LocalPort}";
        var repositories = options.Repositories is null ? null : Path.GetFullPath(options.Repositories);
        var reach = options.Reach.Distinct().ToDictionary(port => port, port => Path.Combine(sockets, $"reach-{port}"));
        var outwards = reach.Select(entry => Outwards(entry.Key, entry.Value)).ToList();
        var inside = new InsideOptions(
            directory,
            binaries,
            controlSocket,
            api.LocalPort,
            options.ProjectionDelay,
            repositories,
            options.KubeAssets is { } assets ? Path.GetFullPath(assets) : null,
            reach,
            options.Programs.ToDictionary(program => program.Key, program => Path.GetFullPath(program.Value)),
            options.StartDelay,
            options.StorageDelay,
            options.AddressSilence
        );
        var log = Path.Combine(directory, "sandbox.log");
        using var process = Start(inside, log);
        try
        {
            if (await process.StandardOutput.ReadLineAsync(cancellationToken) != SandboxInside.Ready)
            {
                await process.WaitForExitAsync(cancellationToken);
                await output.WriteLineAsync($"error: the sandbox did not start; the end of {log}:");
                foreach (var line in (await File.ReadAllLinesAsync(log, cancellationToken)).TakeLast(20))
                {
                    await output.WriteLineAsync("  " + line);
                }

                return 1;
            }

            SandboxState.Of(Child(process.Id), controlSocket, inside.InsideKubeconfig, binaries, gitAddress).Write(directory);
            await AnnounceAsync(inside, gitAddress);
            using var forwarding = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            foreach (
                var forwarder in (IEnumerable<SocketForwarder>)[.. outwards, api, .. git is null ? Array.Empty<SocketForwarder>() : [git]]
            )
            {
                _ = forwarder.RunAsync(Refused, forwarding.Token);
            }

            await process.WaitForExitAsync(cancellationToken);
            await forwarding.CancelAsync();
            await output.WriteLineAsync($"error: the sandbox ended by itself with {process.ExitCode}; see {log}");
            return 1;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 0;
        }
        finally
        {
            outwards.ForEach(listener => listener.Dispose());
            await EndAsync(process);
        }
    }

    private static SocketForwarder Outwards(int port, string socket) =>
        SocketForwarder.OnUnixSocket(
            socket,
            cancellationToken => SocketForwarder.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken)
        );

    private static Process Start(InsideOptions inside, string log)
    {
        // setsid: Ctrl-C in the shell reaches this process alone, which then ends the inside in order. The shell appends the log.
        var start = new ProcessStartInfo("/bin/sh")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        foreach (
            var argument in (string[])
                [
                    "-c",
                    "log=$1; shift; exec setsid unshare \"$@\" 2>\"$log\"",
                    "sh",
                    log,
                    .. NamespaceSupport.Unshare,
                    "--",
                    .. ProgramPath.Self(),
                    SandboxCommand.NodeArgument,
                    inside.ToArgument(),
                ]
        )
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start) ?? throw new InvalidOperationException("/bin/sh did not start");
    }

    // unshare forks: its one child is process 1 inside.
    private static int Child(int pid)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/task/{pid}/children");
        return int.Parse(File.ReadAllText(path).Split(' ')[0], CultureInfo.InvariantCulture);
    }

    private async Task AnnounceAsync(InsideOptions inside, string? git)
    {
        await output.WriteLineAsync($"sandbox is ready in {inside.Directory}");
        await output.WriteLineAsync($"  API server  https://127.0.0.1:{inside.OutsideApiPort}");
        await output.WriteLineAsync($"  kubectl     export KUBECONFIG={inside.OutsideKubeconfig}");
        await output.WriteLineAsync($"  pod logs    {Path.Combine(inside.Directory, "logs")}");
        if (git is not null)
        {
            await output.WriteLineAsync($"  git server  {git}");
        }

        await output.FlushAsync();
    }

    private void Refused(string reason) => output.WriteLine($"forwarding: {reason}");

    private static async Task EndAsync(Process process)
    {
        if (process.HasExited)
        {
            return;
        }

        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(EndTimeout);
        }
        catch (TimeoutException)
        {
            // --kill-child: with unshare the kernel ends the inside, and with that everything in it.
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }
}
