using System.Text.Json;
using System.Text.RegularExpressions;

namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>
/// A follower is cut off and started by hand as a cluster of its own, under the same cluster id, and comes back: what it lists is itself
/// alone, and it serves reads as the others do. Nobody is deleted for that, and once a person has taken one side away the other goes on
/// with all that it had.
/// </summary>
public sealed partial class TwoHistoriesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_two_histories_none_is_deleted_until_a_person_has_chosen()
    {
        await using var run = await EtcdRun.StartAsync(Binaries.Etcd(Binaries.Newer), Token);
        var before = await run.ResizeAsync(3, Token);
        await run.EtcdctlAsync(["put", "kept", "by the majority"], Token);
        var volumes = await run.VolumesAsync(Token);
        var alone = before.Members.First(member => member.Role == "voter").Name;

        await run.FaultAsync("partition", alone, Token);
        await ForceAsync(run, alone, "true");
        await run.KillAsync(alone, Token);
        await run.UntilRestartedAsync(alone, Token);
        await run.FaultAsync("heal", alone, Token);

        // A member that was forced tells its peers that they are removed, and they end: so what is seen of them is either answer or
        // silence.
        var told = await run.UntilAsync(
            "a contradiction",
            status => status.Blocked?.Rule is "two-histories" or "departure-unconfirmed",
            Token
        );
        TestContext.Current.TestOutputHelper?.WriteLine($"{told.Blocked!.Rule}: {told.Blocked.Reason}\n{told.Blocked.Remediation}");
        Assert.Equal(volumes, await run.VolumesAsync(Token));

        // The side to keep is the one without the member that was forced; its boot, which forces it, goes with it.
        var keeping = Keeping().Matches(told.Blocked!.Remediation).Single(match => !match.Groups[2].Value.Split(", ").Contains(alone));
        await run.CommitAsync(
            3,
            Binaries.Etcd(Binaries.Newer),
            Token,
            annotation: $"gitops-operator.dev/approve: \"{keeping.Groups[1].Value}\""
        );
        var after = await run.UntilAsync(
            "the majority alone, and another in place of the one",
            status => status is { Phase: "Converged", HealthyVoters: 3 } && status.Members.All(member => member.Name != alone),
            Token
        );
        Assert.DoesNotContain($"data-{alone}-0", await run.VolumesAsync(Token), StringComparison.Ordinal);
        Assert.All(
            before.Members.Where(member => member.Name != alone),
            member => Assert.Contains(after.Members, left => left.Name == member.Name)
        );
        Assert.Contains("by the majority", await run.EtcdctlAsync(["get", "kept"], Token), StringComparison.Ordinal);
    }

    [GeneratedRegex("\"([0-9a-f]{16})\"[^\"]*? keeps (?:that|the history) of ([^;(]*?) \\(")]
    private static partial Regex Keeping();

    private static Task<string> ForceAsync(EtcdRun run, string member, string? force) =>
        run.KubectlAsync(
            [
                "patch",
                "configmap",
                $"{member}-boot",
                "--type=merge",
                "--patch",
                JsonSerializer.Serialize(new { data = new Dictionary<string, string?> { ["ETCD_FORCE_NEW_CLUSTER"] = force } }),
            ],
            Token
        );
}
