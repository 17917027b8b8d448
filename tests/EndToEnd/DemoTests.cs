using System.Diagnostics;
using System.Text.RegularExpressions;
using GitOpsOperator.Demo;
using GitOpsOperator.Demo.Environments;

namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>What <c>make demo</c> and <c>make demo-in-cluster</c> show, with nobody watching: every step checks for itself what it
/// claims.</summary>
public sealed partial class DemoTests
{
    [Theory(Timeout = 900_000), InlineData("local"), InlineData("in-cluster")]
    public async Task A_demo_runs_to_its_end(string demo)
    {
        SkipUnlessLong();
        await SandboxSupport.SkipUnlessAvailableAsync();
        await SucceedsAsync(
            [demo, "--directory", Path.Combine(Directory.CreateTempSubdirectory("demo-").FullName, "demo")],
            TestContext.Current.CancellationToken
        );
    }

    /// <summary>A sandbox stands in for somebody's cluster: of it the demo knows a kubeconfig and an image, as of any.</summary>
    [Fact(Timeout = 900_000)]
    public async Task A_cluster_that_the_demo_runs_on_is_left_as_it_was()
    {
        SkipUnlessLong();
        await SandboxSupport.SkipUnlessAvailableAsync();
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("demo-").FullName;
        await using var environment = await SandboxEnvironment.StartAsync(
            new(DemoPrograms.Beside, Path.Combine(folder, "environment"), Binaries.Folder, null),
            _ => { },
            cancellationToken
        );
        var before = await ObjectsAsync(environment, cancellationToken);
        string[] arguments =
        [
            "in-cluster",
            "--directory",
            Path.Combine(folder, "demo"),
            "--kubeconfig",
            environment.Kubeconfig,
            "--image",
            "registry.example.com:5000/tools/gitops-operator:1.0",
        ];

        await SucceedsAsync(arguments, cancellationToken);
        Assert.Equal(before, await ObjectsAsync(environment, cancellationToken));

        // What is somebody's own is not taken for the demo's.
        await environment.KubectlAsync(["apply", "-f", Path.Combine(Checkout.Deploy, "namespace.yaml")], cancellationToken);
        var refusal = await RunAsync(arguments, cancellationToken);
        Assert.Equal(1, refusal.ExitCode);
        Assert.Contains($"has such already: namespace/{OperatorAccess.Namespace}", refusal.Output, StringComparison.Ordinal);
        Assert.Contains(OperatorAccess.Namespace, await ObjectsAsync(environment, cancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gitops-operator", "gitops-sandbox")]
    [InlineData("gitops-operator:1.0", "gitops-sandbox:1.0")]
    [InlineData("registry.example.com:5000/tools/gitops-operator:1.0", "registry.example.com:5000/tools/gitops-sandbox:1.0")]
    [InlineData("registry.example.com:5000/tools/operator", "registry.example.com:5000/tools/gitops-sandbox")]
    [InlineData("example.com/gitops-operator:1.0@sha256:0123", "example.com/gitops-sandbox:1.0")]
    public void The_sandbox_s_image_is_looked_for_beside_the_operator_s(string image, string beside) =>
        Assert.Equal(beside, ForeignCluster.Beside(image));

    private static void SkipUnlessLong() => LongTests.Only();

    private static Task<string> ObjectsAsync(SandboxEnvironment environment, CancellationToken cancellationToken) =>
        environment.KubectlAsync(
            [
                "get",
                "namespaces,pods,persistentvolumeclaims,statefulsets,deployments,services,configmaps,secrets,"
                    + "customresourcedefinitions,clusterroles,clusterrolebindings",
                "-A",
                "-o",
                "name",
            ],
            cancellationToken
        );

    private static async Task SucceedsAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var (exitCode, output) = await RunAsync(arguments, cancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine(output);
        Assert.Equal(0, exitCode);
        Assert.Matches(Acknowledged(), output);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using var demo = Process.Start(
            new ProcessStartInfo(
                Path.Combine(AppContext.BaseDirectory, "gitops-demo"),
                [.. arguments, "--operator", DemoPrograms.Beside.Operator, "--example", Checkout.Example, "--deploy", Checkout.Deploy]
            )
            {
                RedirectStandardOutput = true,
            }
        )!;
        try
        {
            var output = await demo.StandardOutput.ReadToEndAsync(cancellationToken);
            await demo.WaitForExitAsync(cancellationToken);
            return (demo.ExitCode, output);
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
