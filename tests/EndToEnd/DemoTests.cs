using System.Diagnostics;
using System.Text.RegularExpressions;
using GitOpsOperator.Sandbox.Story;

namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>The stories that <c>make demo</c> and <c>make demo-in-cluster</c> tell, told to nobody: every act checks for itself what it claims.</summary>
public sealed partial class DemoTests
{
    [Theory(Timeout = 900_000), InlineData("demo"), InlineData("demo-in-cluster")]
    public async Task A_demo_tells_its_story_to_the_end(string story)
    {
        SkipUnlessLong();
        await SandboxSupport.SkipUnlessAvailableAsync();
        await TellAsync([story, "--directory", Path.Combine(Directory.CreateTempSubdirectory("demo-").FullName, "demo")], TestContext.Current.CancellationToken);
    }

    /// <summary>A sandbox stands in for somebody's cluster: of it the story knows a kubeconfig and an image, as of any.</summary>
    [Fact(Timeout = 900_000)]
    public async Task A_cluster_that_the_story_is_told_on_is_left_as_it_was()
    {
        SkipUnlessLong();
        await SandboxSupport.SkipUnlessAvailableAsync();
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("demo-").FullName;
        await using var stage = await Stage.SetAsync(
            new([Path.Combine(AppContext.BaseDirectory, "gitops-operator")], Path.Combine(folder, "stage"), Binaries.Folder, null), _ => { }, cancellationToken);
        var before = await ObjectsAsync(stage, cancellationToken);
        string[] arguments =
        [
            "demo-in-cluster", "--directory", Path.Combine(folder, "demo"), "--kubeconfig", stage.Kubeconfig, "--image", "registry.example.com:5000/tools/gitops-operator:1.0",
        ];

        await TellAsync(arguments, cancellationToken);
        Assert.Equal(before, await ObjectsAsync(stage, cancellationToken));

        // What is somebody's own is not taken for the story's.
        await stage.KubectlAsync(["apply", "-f", Path.Combine(Checkout.Deploy, "namespace.yaml")], cancellationToken);
        var refusal = await RunAsync(arguments, cancellationToken);
        Assert.Equal(1, refusal.ExitCode);
        Assert.Contains($"has such already: namespace/{OperatorAccess.Namespace}", refusal.Told, StringComparison.Ordinal);
        Assert.Contains(OperatorAccess.Namespace, await ObjectsAsync(stage, cancellationToken), StringComparison.Ordinal);
    }

    private static void SkipUnlessLong() => Assert.SkipUnless(Environment.GetEnvironmentVariable("TEST_LONG") == "1", "It takes minutes: make test-long runs it");

    private static Task<string> ObjectsAsync(Stage stage, CancellationToken cancellationToken) => stage.KubectlAsync(
        ["get", "namespaces,pods,persistentvolumeclaims,statefulsets,deployments,services,configmaps,secrets,customresourcedefinitions,clusterroles,clusterrolebindings", "-A", "-o", "name"],
        cancellationToken);

    private static async Task TellAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var (exitCode, told) = await RunAsync(arguments, cancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine(told);
        Assert.Equal(0, exitCode);
        Assert.Matches(Acknowledged(), told);
    }

    private static async Task<(int ExitCode, string Told)> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using var demo = Process.Start(new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "gitops-operator"), ["sandbox", .. arguments, "--example", Checkout.Example, "--deploy", Checkout.Deploy])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            var told = await demo.StandardOutput.ReadToEndAsync(cancellationToken);
            await demo.WaitForExitAsync(cancellationToken);
            return (demo.ExitCode, told);
        }
        finally
        {
            if (!demo.HasExited)
            {
                demo.Kill(entireProcessTree: true);
            }
        }
    }

    [GeneratedRegex("acknowledged writes: [1-9][0-9]*, lost: 0")]
    private static partial Regex Acknowledged();
}
