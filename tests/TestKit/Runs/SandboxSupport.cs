using GitOpsOperator.Sandbox.Launch;

namespace GitOpsOperator.TestKit.Runs;

/// <summary>Whether this machine lets the sandbox run: asked once, in the sandbox's own way.</summary>
internal static class SandboxSupport
{
    private static readonly Lazy<Task<string?>> Problem = new(() => NamespaceSupport.ProblemAsync(CancellationToken.None));

    public static async Task SkipUnlessAvailableAsync()
    {
        var problem = await Problem.Value;
        Assert.SkipUnless(problem is null, problem ?? "");
    }
}
