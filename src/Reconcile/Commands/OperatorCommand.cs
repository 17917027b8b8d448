using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using k8s.Exceptions;

namespace GitOpsOperator.Reconcile.Commands;

/// <summary>A command of the program: it declares the codes with which it ends, and its help says them.</summary>
#pragma warning disable CA1010 // The library's command enumerates for collection initializers alone.
public sealed class OperatorCommand : Command
#pragma warning restore CA1010
{
    /// <param name="exits">
    /// What each code means here, in a few words. <see cref="ExitCode.Error"/> needs none: every command may fail.
    /// </param>
    public OperatorCommand(string name, string description, params IEnumerable<KeyValuePair<ExitCode, string>> exits)
        : base(name)
    {
        Text = description;
        Exits = ImmutableSortedDictionary.CreateRange(exits).Add(ExitCode.Error, "error");
        Description = $"{description}\n\nExit code: {string.Join(", ", Exits.Select(exit => $"{(int)exit.Key} {exit.Value}"))}.";
    }

    /// <summary>The description without the codes.</summary>
    public string Text { get; }

    public ImmutableSortedDictionary<ExitCode, string> Exits { get; }

    public static KeyValuePair<ExitCode, string> Exit(ExitCode code, string meaning) => new(code, meaning);

    public void SetAction(Func<ParseResult, CancellationToken, Task<ExitCode>> run) =>
        base.SetAction(
            async (parsed, cancellationToken) =>
            {
                var code = await RunAsync(() => run(parsed, cancellationToken));
                Debug.Assert(Exits.ContainsKey(code), $"{Name} ended with {code}, which its help does not say");
                return (int)code;
            }
        );

    /// <summary>The outermost edge. Errors that a person can fix are said in a sentence; all others keep their stack trace.</summary>
    private static async Task<ExitCode> RunAsync(Func<Task<ExitCode>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception error)
            when (error is CommandException or KubeConfigException or HttpRequestException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(error.Message);
        }
        catch (OperationCanceledException)
        {
            // Interrupted: whoever did that knows.
        }
#pragma warning disable CA1031 // Left to the runtime it would end the program with a code that says something else.
        catch (Exception error)
#pragma warning restore CA1031
        {
            await Console.Error.WriteLineAsync($"Unexpected error: {error}");
        }

        return ExitCode.Error;
    }
}
