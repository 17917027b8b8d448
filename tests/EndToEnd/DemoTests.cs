using System.Diagnostics;
using System.Text.RegularExpressions;

namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>The story that <c>make demo</c> tells, told to nobody: every act checks for itself what it claims.</summary>
public sealed partial class DemoTests
{
    [Fact(Timeout = 900_000)]
    public async Task The_demo_tells_its_story_to_the_end()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("TEST_LONG") == "1", "It takes minutes: make test-long runs it");
        await SandboxSupport.SkipUnlessAvailableAsync();
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("demo-").FullName;
        using var demo = Process.Start(new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "gitops-operator"),
            ["sandbox", "demo", "--directory", Path.Combine(folder, "demo"), "--example", Path.GetFullPath(Path.Combine(Binaries.Folder, "..", "..", "examples", "repo"))])
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
