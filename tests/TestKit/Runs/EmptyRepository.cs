using GitOpsOperator.Demo;
using GitOpsOperator.Demo.Environments;

namespace GitOpsOperator.TestKit.Runs;

/// <summary>The repository of a run at its beginning: a folder for documents, and none in it.</summary>
internal static class EmptyRepository
{
    /// <param name="folder">Of the run; the clone is a folder in it.</param>
    public static Task<DesiredStateClone> CloneAsync(SandboxEnvironment environment, string folder, CancellationToken cancellationToken)
    {
        var example = Path.Combine(folder, "example");
        Directory.CreateDirectory(Path.Combine(example, "clusters"));
        return DesiredStateClone.CreateAsync(
            Path.Combine(folder, "clone"),
            environment.Git,
            environment.Repository,
            example,
            "gitops-status/default",
            cancellationToken
        );
    }
}
