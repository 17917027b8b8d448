using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;

namespace GitOpsOperator.Domains.Etcd.Tests.Proofs;

/// <summary>Walks worlds for one proof, and says what was found.</summary>
internal static class Exploration
{
    private const int TooMany = 2_000_000;

    // After one fault people are needed only here: a single copy of the data is gone, three newcomers in a row would not start,
    // someone deleted a StatefulSet and told Kubernetes to leave its pod, a node is lost, be it the founder's, a newcomer cannot be
    // started, or of two members somebody has removed one, which the other alone does not prove.
    private static readonly string[] Ends =
    [
        "Converged",
        "Blocked joins-keep-failing",
        "Blocked member-without-node",
        "Blocked member-cannot-start",
        "Blocked departure-unconfirmed",
        "Blocked seed-does-not-start",
        "Blocked pod-without-statefulset",
        "Blocked quorum-lost",
    ];

    // And here: a version does not start, or must not be gone to. It is found out late where git went back while the last member was
    // silent, and that one came back with the new version after all.
    private static readonly string[] EndsOfUpgrades =
    [
        .. Ends,
        "Blocked update-failed",
        "Blocked snapshot-failed",
        "Blocked version-jump",
        "Blocked version-downgrade",
        "Refused version-downgrade",
        "Refused version-jump",
    ];

    /// <param name="until">Stop as soon as this property is broken; null to walk them all.</param>
    public static Explorer Run(
        Func<EtcdDesired, EtcdLive, Decision<EtcdStep>> next,
        Scope scope,
        bool ephemeral = false,
        string? until = null
    )
    {
        var explorer = new Explorer(next, scope);
        explorer.Explore(ephemeral, TooMany, until, TestContext.Current.CancellationToken);
        return explorer;
    }

    /// <summary>Nothing was broken, all that git may want was reached, and the walk rested only where it may.</summary>
    /// <param name="further">Where it may rest beyond the ends of one fault.</param>
    public static void AssertSafe(Explorer explorer, Scope scope, ITestOutputHelper output, params string[] further)
    {
        output.WriteLine(
            $"states explored: {explorer.States}, transitions: {explorer.Transitions} (up to {scope.Largest} members, "
                + $"{scope.Versions} versions, {scope.Faults} wrong at once)"
        );
        foreach (var (end, times) in explorer.Ends)
        {
            output.WriteLine($"  ends {end}: {times}");
        }

        Assert.True(explorer.Broken.Count == 0, string.Join("\n\n", explorer.Broken.Select(b => $"{b.Key}:\n  {b.Value}")));
        Assert.True(explorer.Ends["Converged"] >= (scope.Resizing ? scope.Largest : 1));
        Assert.Empty(explorer.Ends.Keys.Except([.. scope.Versions > 1 ? EndsOfUpgrades : Ends, .. further]));
    }
}
