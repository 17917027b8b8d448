using System.CommandLine;

namespace GitOpsOperator.Operator.Commands;

internal static class RootCommandFactory
{
    public static RootCommand Create() => new("""
        Keeps etcd clusters on Kubernetes as a git repository says, one safe step at a time.

        A first look, without a cluster:
          gitops-operator validate examples/repo
          gitops-operator sandbox demo
        """)
    {
        RunCommand.Create(),
        SyncCommand.Create(),
        PlanCommand.Create(),
        DiffCommand.Create(),
        ExplainCommand.Create(),
        SnapshotCommand.Create(),
        ValidateCommand.Create(),
        SandboxCommands.Create(),
    };
}
