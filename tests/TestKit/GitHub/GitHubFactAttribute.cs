using System.Runtime.CompilerServices;

namespace GitOpsOperator.TestKit.GitHub;

/// <summary>A test that holds the conversation with GitHub to GitHub's own description; skipped, visibly, where that cannot be
/// had.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GitHubFactAttribute : FactAttribute
{
    public GitHubFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        Skip = PublishedDescription.IsThere ? null : PublishedDescription.Skipped;
        Timeout = 60_000;
    }
}
