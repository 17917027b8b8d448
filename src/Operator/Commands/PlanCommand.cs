using System.CommandLine;
using GitOpsOperator.Operator.Configuration;
using GitOpsOperator.Operator.Hosting;
using GitOpsOperator.Operator.Repositories;
using GitOpsOperator.Reconcile.Commands;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Reconcile.Plans;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.Commands;

/// <summary><c>plan</c>: what would be done, and why not, without doing it.</summary>
internal static class PlanCommand
{
    public static Command Create(ModuleFactory modules)
    {
        var options = new ConfigurationOptions(modules);
        var path = new Argument<string?>("path")
        {
            Description = "A working folder with documents; default: what the configured repositories say now",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var output = new Option<string>("--output", "-o") { Description = "text, markdown or json", DefaultValueFactory = _ => "text" };
        output.AcceptOnlyFromAmong("text", "markdown", "json");
        var revision = new Option<string?>("--revision")
        {
            Description =
                "A branch or ref, such as refs/heads/feature: what merging it would mean, as the comment on a pull request says it",
        };
        var repository = new Option<string?>("--repository") { Description = "With --revision: which of several configured repositories" };
        var documentsOnly = new Option<bool>("--documents-only")
        {
            Description = "With --revision: check the documents and show how they differ, without looking at live state",
        };
        var command = new OperatorCommand(
            "plan",
            """
            Show, step by step, what would bring every cluster to what git says: members, voters, quorum before and after,
            what clients feel and what cannot be undone. Nothing is changed.
            """,
            OperatorCommand.Exit(ExitCode.Success, "nothing to do"),
            OperatorCommand.Exit(ExitCode.Changes, "changes"),
            OperatorCommand.Exit(ExitCode.Progressing, "progressing"),
            OperatorCommand.Exit(ExitCode.Blocked, "blocked")
        )
        {
            path,
            output,
            revision,
            repository,
            documentsOnly,
        };
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(revision) is null && (parsed.GetValue(repository) is not null || parsed.GetValue(documentsOnly)))
            {
                parsed.AddError("--repository and --documents-only go with --revision");
            }
            else if (parsed.GetValue(revision) is not null && parsed.GetValue(path) is not null)
            {
                parsed.AddError("Give a folder or --revision, not both");
            }
        });
        options.AddTo(command);
        command.SetAction(
            (parsed, cancellationToken) =>
                parsed.GetValue(revision) is { } proposed
                    ? RevisionPlan.RunAsync(
                        options.Read(parsed),
                        proposed,
                        parsed.GetValue(repository),
                        parsed.GetValue(documentsOnly),
                        parsed.GetRequiredValue(output),
                        cancellationToken
                    )
                    : RunAsync(options.Read(parsed), parsed.GetValue(path), parsed.GetRequiredValue(output), cancellationToken)
        );
        return command;
    }

    private static async Task<ExitCode> RunAsync(
        OperatorConfiguration configuration,
        string? path,
        string output,
        CancellationToken cancellationToken
    )
    {
        // The mirrors of a running operator are its own; a plan beside it uses a folder that is gone afterwards.
        using var scratch = new ScratchFolder();
        configuration.StateDirectory = scratch.Path;
        using var loggers = LoggerFactory.Create(logging => OperatorLogging.Configure(logging, LogLevel.Warning, toStandardError: true));
        await using var services = OperatorServices.Build(configuration, loggers, TimeProvider.System);
        var (documents, findings) = path is null
            ? await FromRepositoriesAsync(services.GetRequiredService<RepositoryRegistry>(), cancellationToken)
            : await FromFolderAsync(path, new(configuration.Kinds), cancellationToken);
        foreach (var finding in findings)
        {
            await Console.Error.WriteLineAsync(finding.ToString());
        }

        await services.GetRequiredService<BackgroundWork>().StartWithinAsync(KubernetesAccess.Timeout, cancellationToken);
        var domains = services.GetServices<IClusterDomain>().ToDictionary(domain => domain.Domain);
        var views = new List<PlanView>();
        foreach (var (document, source) in documents.OrderBy(entry => entry.Document.Key))
        {
            var view = await domains[document.Key.Domain].PlanAsync(document, source, cancellationToken);
            views.Add(view);
        }

        Console.WriteLine(
            output switch
            {
                "json" => $"[{string.Join(",\n", views.Select(view => view.Json))}]",
                "markdown" => string.Join("\n\n", views.Select(view => view.Markdown)),
                _ => string.Join("\n\n", views.Select(view => view.Text)),
            }
        );
        return Exit(views, findings);
    }

    private static ExitCode Exit(List<PlanView> views, IReadOnlyCollection<Finding> findings) =>
        findings.Any(finding => finding.Severity == FindingSeverity.Error) || views.Any(view => view.Verdict == PlanVerdict.Refused)
            ? ExitCode.Blocked
        : views.Any(view => view.Verdict == PlanVerdict.Changes) ? ExitCode.Changes
        : views.Any(view => view.Verdict == PlanVerdict.Waits) ? ExitCode.Progressing
        : ExitCode.Success;

    private static async Task<(
        List<(ClusterDocument Document, DocumentSource Source)> Documents,
        IReadOnlyCollection<Finding> Findings
    )> FromFolderAsync(string path, DocumentReader reader, CancellationToken cancellationToken)
    {
        var state = reader.Read(await LocalDocuments.ReadAsync(path, cancellationToken));
        return ([.. state.Documents.Select(document => (document, new DocumentSource(path, "the working folder")))], state.Findings);
    }

    private static async Task<(
        List<(ClusterDocument Document, DocumentSource Source)> Documents,
        IReadOnlyCollection<Finding> Findings
    )> FromRepositoriesAsync(RepositoryRegistry repositories, CancellationToken cancellationToken)
    {
        var documents = new List<(ClusterDocument, DocumentSource)>();
        var findings = new List<Finding>();
        foreach (var repository in repositories.All)
        {
            var (desired, found) = await repository.LookAsync(cancellationToken);
            documents.AddRange(desired);
            findings.AddRange(found);
        }

        return (documents, findings);
    }
}
