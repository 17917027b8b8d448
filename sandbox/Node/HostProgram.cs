using System.Diagnostics;

namespace GitOpsOperator.Sandbox.Node;

/// <summary>A program of the node's machine did not do what was asked.</summary>
internal sealed class HostProgramException(string message) : Exception(message);

/// <summary>Runs a short-lived program of the machine (ip, mount) to its end.</summary>
internal static class HostProgram
{
    public static async Task<string> RunAsync(
        string program,
        IEnumerable<string> arguments,
        CancellationToken cancellationToken,
        string? input = null
    )
    {
        var (exitCode, output, error) = await TryAsync(program, arguments, cancellationToken, input);
        return exitCode == 0
            ? output
            : throw new HostProgramException(
                $"{program} {string.Join(' ', arguments)}{(input is null ? "" : $" << {input.ReplaceLineEndings("; ")}")} ended "
                    + $"with {exitCode}: {error.Trim()}"
            );
    }

    public static async Task<(int ExitCode, string Output, string Error)> TryAsync(
        string program,
        IEnumerable<string> arguments,
        CancellationToken cancellationToken,
        string? input = null
    )
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new HostProgramException($"{program} did not start");
        try
        {
            if (input is not null)
            {
                await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            }

            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
