using System.Globalization;
using GitOpsOperator.Demo;

namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>
/// Everything at random, by a printed seed: old volumes, forced members, nodes that are gone for longer than they are waited for, newcomers
/// cut off at their first start, and a slow Kubernetes. No acknowledged write is lost for that, no answer is inexplicable, and no volume is
/// deleted of a member that a quorum of the others lists.
/// </summary>
public sealed class StormTests
{
    private const string DefaultMinutes = "10";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_lost_in_a_storm()
    {
        LongTests.Only();
        await SandboxSupport.SkipUnlessAvailableAsync();
        var seed = Environment.GetEnvironmentVariable("TEST_SEED") is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        var minutes = Environment.GetEnvironmentVariable("TEST_STORM_MINUTES") is { Length: > 0 } set ? set : DefaultMinutes;
        TestContext.Current.TestOutputHelper?.WriteLine($"TEST_SEED={seed} TEST_STORM_MINUTES={minutes}");
        var folder = Directory.CreateTempSubdirectory("storm-").FullName;

        var run = await ProgramRun.RunAsync(
            [
                DemoPrograms.Beside.Sandbox,
                "storm",
                "--seed",
                seed.ToString(CultureInfo.InvariantCulture),
                "--minutes",
                minutes,
                "--operator",
                DemoPrograms.Beside.Operator,
                "--directory",
                Path.Combine(folder, "storm"),
                "--binaries",
                Binaries.Folder,
            ],
            null,
            Token
        );

        TestContext.Current.TestOutputHelper?.WriteLine(run.Output);
        Assert.True(run.ExitCode == 0, $"TEST_SEED={seed}, the logs are in {folder}\n{run.Error}\n{run.Output}");
        Directory.Delete(folder, recursive: true);
    }
}
