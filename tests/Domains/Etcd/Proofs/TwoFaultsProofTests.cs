using GitOpsOperator.Domains.Etcd.Tests.Planning;
using GitOpsOperator.TestKit.Runs;

namespace GitOpsOperator.Domains.Etcd.Tests.Proofs;

/// <summary>
/// Two things go wrong at once. A majority of three may be gone then, which is nobody's doing here; that no step of ours makes it worse,
/// and that what is waited for is said, holds as before.
/// </summary>
[Trait("takes", "long")]
public sealed class TwoFaultsProofTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(3, 1, true)]
    [InlineData(2, 2, false)]
    [InlineData(5, 1, false)]
    public void With_two_things_wrong_at_once_each_step_is_safe_too(int largest, int versions, bool resizing)
    {
        LongTests.OnlyUnless(largest <= 2);
        var scope = new Scope(largest, versions, resizing, Faults: 2);
        Exploration.AssertSafe(Exploration.Run(Scene.Next, scope), scope, output, "Blocked several-members-silent", "Blocked nothing-left");
    }
}
