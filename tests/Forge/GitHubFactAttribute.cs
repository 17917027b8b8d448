using System.Runtime.CompilerServices;
using GitOpsOperator.Forge.Tests.OpenApi;

namespace GitOpsOperator.Forge.Tests;

/// <summary>A test that holds the conversation with GitHub to GitHub's own description; skipped, visibly, where that cannot be had.</summary>
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
