using GitOpsOperator.Domains.Etcd.Tests.Planning;
using GitOpsOperator.TestKit.Runs;

namespace GitOpsOperator.Domains.Etcd.Tests.Proofs;

/// <summary>One thing goes wrong at a time, in every world that can be reached.</summary>
[Trait("takes", "long")]
public sealed class OneFaultProofTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(false, 5, 1)]
    [InlineData(true, 3, 2)]
    [InlineData(false, 3, 2)]
    [InlineData(false, 3, 1)]
    [InlineData(false, 2, 3)]
    public void In_every_world_that_can_be_reached_each_step_is_safe_and_each_way_ends(bool ephemeral, int largest, int versions)
    {
        // Ephemeral storage has the same worlds without volumes; of five members much is as of three, and upgrades of three as of two.
        LongTests.OnlyUnless(!ephemeral && (largest, versions) is (3, 1) or (2, 3));
        var scope = new Scope(largest, versions, Resizing: true);
        Exploration.AssertSafe(Exploration.Run(Scene.Next, scope, ephemeral), scope, output);
    }
}
