using System.Diagnostics;
using System.Text.RegularExpressions;

namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>The stories that <c>make demo</c> and <c>make demo-in-cluster</c> tell, told to nobody: every act checks for itself what it claims.</summary>
public sealed partial class DemoTests
{
    [Theory(Timeout = 900_000), InlineData("demo"), InlineData("demo-in-cluster")]
    public async Task A_demo_tells_its_story_to_the_end(string story)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("TEST_LONG") == "1", "It takes minutes: make test-long runs it");
        await SandboxSupport.SkipUnlessAvailableAsync();
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("demo-").FullName;
        using var demo = Process.Start(new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "gitops-operator"),
            ["sandbox", story, "--directory", Path.Combine(folder, "demo"), "--example", Checkout.Example, "--deploy", Checkout.Deploy])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            var told = await demo.StandardOutput.ReadToEndAsync(cancellationToken);
            await demo.WaitForExitAsync(cancellationToken);

            TestContext.Current.TestOutputHelper?.WriteLine(told);
            Assert.Equal(0, demo.ExitCode);
            Assert.Matches(Acknowledged(), told);
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
