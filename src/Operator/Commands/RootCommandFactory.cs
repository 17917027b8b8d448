using System.CommandLine;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Operator.Hosting;
using GitOpsOperator.Reconcile.Commands;

namespace GitOpsOperator.Operator.Commands;

internal static class RootCommandFactory
{
    /// <summary>The program's own commands, and those of its domains.</summary>
    public static RootCommand Create(ModuleFactory modules)
    {
        var root = Own(modules);
        var program = new ProgramAccess(
            kubeconfig =>
                ApiConnection.Open(
                    KubernetesAccess.Configuration(kubeconfig ?? Environment.GetEnvironmentVariable("GITOPS_OPERATOR_KUBECONFIG") ?? ""),
                    new CacheOptions().MaxAge,
                    TimeProvider.System
                ),
            () => LoggerFactory.Create(logging => OperatorLogging.Configure(logging, LogLevel.Warning, toStandardError: true))
        );
        foreach (var command in modules().SelectMany(module => module.Commands(program)))
        {
            root.Subcommands.Add(command);
        }

        return root;
    }

    private static RootCommand Own(ModuleFactory modules) =>
        new(
            """
            Keeps stateful clusters on Kubernetes as a git repository says, one safe step at a time.

            A first look, without a cluster:
              gitops-operator validate examples/repo
              make demo, in a checkout of the project

            All commands share one scheme of exit codes, docs/cli.md: 0 nothing to do, 1 changes, 2 error, 3 progressing, 4 blocked.
            """
        )
        {
            RunCommand.Create(modules),
            SyncCommand.Create(modules),
            PlanCommand.Create(modules),
            DiffCommand.Create(modules),
            ExplainCommand.Create(modules),
            ValidateCommand.Create(modules),
        };
}
