using GitOpsOperator.Domains.Etcd.Tests.Planning;

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
        Assert.SkipUnless(Environment.GetEnvironmentVariable("TEST_LONG") == "1", "It takes two minutes: make test-long runs it");
        var scope = new Scope(Largest: 4, Versions: 2, Resizing: false);
        Exploration.AssertSafe(Exploration.Run(Scene.Next, scope), scope, output);
    }
}
