using GitOpsOperator.Domains.Etcd.Tests.Planning;
using GitOpsOperator.TestKit.Runs;

namespace GitOpsOperator.Domains.Etcd.Tests.Proofs;

/// <summary>
/// One thing goes wrong at a time while four members change their version. In a class of its own, so that it runs beside the others.
/// </summary>
[Trait("takes", "long")]
public sealed class OneFaultInUpgradeProofTests(ITestOutputHelper output)
{
    [Fact]
    public void In_every_world_of_four_members_each_step_is_safe_and_each_way_ends()
    {
        LongTests.Only();
        var scope = new Scope(Largest: 4, Versions: 2, Resizing: false);
        Exploration.AssertSafe(Exploration.Run(Scene.Next, scope), scope, output);
    }
}
