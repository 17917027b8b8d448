using System.Diagnostics;
using GitOpsOperator.Sandbox.Node;

namespace GitOpsOperator.Sandbox.Launch;

/// <summary>A program that runs beside this one; every line it prints goes to a log file and to <c>heard</c>.</summary>
internal sealed class BackgroundProgram : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    private readonly Process _process;
    private readonly StreamWriter _log;
    private readonly Lock _lock = new();

    private BackgroundProgram(Process process, StreamWriter log)
    {
        _process = process;
        _log = log;
    }

    public bool Running => !_process.HasExited;

    /// <summary>Completes when it has ended, for whatever reason.</summary>
    public Task EndedAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    public int Pid => _process.Id;

    public static BackgroundProgram Start(IReadOnlyList<string> command, string logPath, Action<string>? heard = null)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        var log = new StreamWriter(new FileStream(logPath, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        var process = new Process { StartInfo = start };
        var program = new BackgroundProgram(process, log);
        process.OutputDataReceived += (_, line) => program.Hear(line.Data, heard);
        process.ErrorDataReceived += (_, line) => program.Hear(line.Data, heard);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return program;
    }

    /// <summary>SIGKILL, to everything it started: no handler runs, as when a node loses power.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>SIGTERM, and SIGKILL for what has not ended after a grace period.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Running)
        {
            await HostProgram.TryAsync("kill", ["-TERM", $"{Pid}"], CancellationToken.None);
            using var grace = new CancellationTokenSource(Grace);
            try
            {
                await _process.WaitForExitAsync(grace.Token);
            }
            catch (OperationCanceledException)
            {
                await KillAsync();
            }
        }

        _process.Dispose();
        await _log.DisposeAsync();
    }

    private void Hear(string? line, Action<string>? heard)
    {
        if (line is null)
        {
            return;
        }

        lock (_lock)
        {
            _log.WriteLine(line);
        }

        heard?.Invoke(line);
    }
}
