using System.CommandLine;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.Commands;

/// <summary><c>validate PATH</c>: reads documents from a folder or file and prints every finding. Needs no cluster.</summary>
internal static class ValidateCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("path") { Description = "A folder with documents, or one file" };
        var command = new Command("validate", """
            Check documents without a cluster, for a person or a CI job.

            Every finding is one line, path:line:column: error|warning: field: message [rule].
            Exit code: 0 without errors, 1 with any.
            """)
        {
            path,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetRequiredValue(path), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string path, CancellationToken cancellationToken)
    {
        IReadOnlyList<SourceFile> files;
        try
        {
            files = await LocalDocuments.ReadAsync(path, cancellationToken);
        }
        catch (IOException unreadable)
        {
            await Console.Error.WriteLineAsync(unreadable.Message);
            return ExitCodes.Error;
        }

        var state = DocumentReader.WithAllKinds().Read(files);
        foreach (var finding in state.Findings)
        {
            Console.WriteLine(finding);
        }

        var errors = state.Findings.Count(finding => finding.Severity == FindingSeverity.Error);
        Console.WriteLine($"{state.Documents.Length} clusters in {files.Count} files: {errors} errors, {state.Findings.Length - errors} warnings");
        return errors == 0 ? ExitCodes.Success : ExitCodes.Error;
    }
}
