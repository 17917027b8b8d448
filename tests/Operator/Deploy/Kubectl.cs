using GitOpsOperator.TestKit;

namespace GitOpsOperator.Operator.Tests.Deploy;

/// <summary>The kubectl that <c>scripts/binaries.sh</c> has fetched.</summary>
internal static class Kubectl
{
    /// <summary>What it prints; fails the test where it fails.</summary>
    public static async Task<string> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var program = Binaries.Kubectl;
        Assert.True(File.Exists(program), $"{program} is missing; run `make binaries`");
        var (code, text) = await Programs.RunAsync(program, arguments, "", cancellationToken);
        Assert.True(code == 0, $"kubectl {string.Join(' ', arguments)}: {text}");
        return text;
    }
}
