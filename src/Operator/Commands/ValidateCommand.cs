using System.Collections.Immutable;
using System.CommandLine;
using GitOpsOperator.Reconcile.Commands;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.Commands;

/// <summary><c>validate PATH</c>: reads documents from a folder or file and prints every finding. Needs no cluster.</summary>
internal static class ValidateCommand
{
    public static Command Create(ModuleFactory modules)
    {
        var path = new Argument<string>("path") { Description = "A folder with documents, or one file" };
        var command = new OperatorCommand(
            "validate",
            """
            Check documents without a cluster, for a person or a CI job.

            Every finding is one line, path:line:column: error|warning: field: message [rule].
            """,
            OperatorCommand.Exit(ExitCode.Success, "without errors"),
            OperatorCommand.Exit(ExitCode.Blocked, "errors in documents")
        )
        {
            path,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(modules(), parsed.GetRequiredValue(path), cancellationToken));
        return command;
    }

    private static async Task<ExitCode> RunAsync(ImmutableArray<IDomainModule> modules, string path, CancellationToken cancellationToken)
    {
        var files = await LocalDocuments.ReadAsync(path, cancellationToken);
        var state = new DocumentReader(Modules.KindsOf(modules)).Read(files);
        foreach (var finding in state.Findings)
        {
            Console.WriteLine(finding);
        }

        var errors = state.Findings.Count(finding => finding.Severity == FindingSeverity.Error);
        Console.WriteLine(
            $"{state.Documents.Length} clusters in {files.Count} files: {errors} errors, {state.Findings.Length - errors} warnings"
        );
        return errors == 0 ? ExitCode.Success : ExitCode.Blocked;
    }
}
