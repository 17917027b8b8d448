using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Reporting;

namespace GitOpsOperator.Domains.Etcd.Tests.Planning;

public sealed class EtcdExplanationTests
{
    [Fact]
    public void It_says_what_is_seen_what_the_gate_says_and_what_comes_next()
    {
        var desired = Scene.Desired(3, version: "3.5.30");
        var live = Scene.Until(desired, Scene.Running(3), l => l.Record!.Intent is EtcdIntent.Update) with { Settled = true };

        var text = EtcdExplanation.Write(desired, live, Scene.Hashes);

        Assert.Contains("orders-0: leader, 3.5.16, healthy", text, StringComparison.Ordinal);
        Assert.Contains("under way: orders-1 is restarted", text, StringComparison.Ordinal);
        Assert.Contains("The gate before: restart orders-1 with 3.5.30", text, StringComparison.Ordinal);
        Assert.Contains("  ok   quorum-after: 2 of 3 voters healthy afterwards, quorum 2", text, StringComparison.Ordinal);
        Assert.Contains("  step: restart orders-1 with 3.5.30\n  decided by rule update-in-flight", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Held_back_it_names_the_line_that_stops_it_and_the_way_out()
    {
        var desired = Scene.Desired(5);
        var accepted = Scene.Running(3) with { Record = Scene.Running(3).Record! with { Accepted = desired.Source } };
        var alarmed = accepted with { Shared = Scene.Hashes.Shared(desired, 3) };
        alarmed = alarmed.With(
            1,
            m => m with { Endpoint = new EndpointLive.Reachable(MemberHealth.Status(m)! with { Alarms = ["NOSPACE"] }) }
        );

        var text = EtcdExplanation.Write(desired, alarmed, Scene.Hashes);

        Assert.Contains("  stop no-alarm: alarms are raised: orders-1 NOSPACE", text, StringComparison.Ordinal);
        Assert.Contains("blocked [no-alarm]", text, StringComparison.Ordinal);
        Assert.Contains("etcdctl alarm disarm", text, StringComparison.Ordinal);
        Assert.Contains("what would unblock it: ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nothing_is_to_be_done_it_says_so() =>
        Assert.EndsWith(
            "Next\n  nothing: live state matches the desired state\n",
            EtcdExplanation.Write(Scene.Desired(3), Scene.Running(3), Scene.Hashes),
            StringComparison.Ordinal
        );
}
