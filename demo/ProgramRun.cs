using System.Diagnostics;

namespace GitOpsOperator.Demo;

/// <summary>Runs a program to its end and gives what it printed.</summary>
internal static class ProgramRun
{
    public sealed record Result(int ExitCode, string Output, string Error);

    public static async Task<Result> RunAsync(IReadOnlyList<string> command, string? folder, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} could not be started");
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <exception cref="DemoFailedException">It ended with another exit code than 0.</exception>
    public static async Task<string> OutputAsync(IReadOnlyList<string> command, string? folder, CancellationToken cancellationToken)
    {
        var result = await RunAsync(command, folder, cancellationToken);
        return result.ExitCode == 0
            ? result.Output
            : throw new DemoFailedException(
                $"`{string.Join(' ', command)}` ended with {result.ExitCode}: {result.Error.Trim()} {result.Output.Trim()}"
            );
    }
}
