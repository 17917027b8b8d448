using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Planning;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Plans;

namespace GitOpsOperator.Domains.Etcd.Tests.Planning;

/// <summary>
/// What a reviewer reads. To accept new wording: run with UPDATE_GOLDEN=1 and review the diff.
/// </summary>
public sealed class PlanGoldenTests
{
    public static TheoryData<string> Cases => [.. Plans.Keys.Order()];

    private static readonly Dictionary<string, Func<(EtcdDesired Desired, EtcdLive Live)>> Plans = new()
    {
        ["create-3"] = () => (Scene.Desired(3), Scene.Nothing),
        ["nothing-to-do"] = () => (Scene.Desired(3), Scene.Running(3)),
        ["grow-3-to-5"] = () => (Scene.Desired(5), Scene.Running(3)),
        ["shrink-5-to-3-highest-leads"] = () => (Scene.Desired(3), Led(Scene.Running(5), 4)),
        ["shrink-2-to-1"] = () => (Scene.Desired(1), Scene.Running(2)),
        ["replace-wiped"] = () => (Scene.Desired(3), Scene.Running(3).With(1, m => m.Wiped())),
        ["restore-statefulset"] = () =>
            (Scene.Desired(3), Scene.Running(3).With(1, m => m.Silent() with { StatefulSet = null, Pod = null })),
        ["resume-half-added"] = () =>
            (Scene.Desired(4), Scene.Until(Scene.Desired(4), Scene.Running(3), l => l.Members.Any(m => m.Entry is { IsLearner: true }))),
        ["version-and-size-at-once"] = () => (Scene.Desired(5, version: "3.5.30"), Scene.Running(3)),
        ["upgrade-patch"] = () => (Scene.Desired(3, version: "3.5.30"), Scene.Running(3)),
        ["upgrade-minor"] = () => (Scene.Desired(3, version: "3.5.16"), Led(Scene.Running(3, version: "3.4.23"), 1)),
        ["upgrade-single-member"] = () => (Scene.Desired(1, version: "3.5.16"), Scene.Running(1, version: "3.4.23")),
        ["upgrade-ephemeral"] = () => (Scene.Desired(3, ephemeral: true, version: "3.5.30"), Scene.Running(3, ephemeral: true)),
        ["upgrade-jump"] = () => (Scene.Desired(3, version: "3.6.12"), Scene.Running(3, version: "3.4.23")),
        ["upgrade-with-a-wiped-member"] = () => (Scene.Desired(3, version: "3.5.30"), Scene.Running(3).With(1, m => m.Wiped())),
        ["suspended"] = () => (Scene.Desired(5, suspend: true), Scene.Running(3)),
        ["two-silent"] = () => (Scene.Desired(5), Scene.Running(5).With(1, m => m.Silent(true)).With(2, m => m.Silent(true))),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Plan_reads_as_it_did(string name)
    {
        var (desired, live) = Plans[name]();
        var plan = EtcdForecast.Unfold(desired, live, Scene.Hashes);

        Golden.Matches($"{name}.txt", PlanText.Write(plan));
        if (name == "replace-wiped")
        {
            Golden.Matches($"{name}.md", PlanMarkdown.Write(plan));
            Golden.Matches($"{name}.json", PlanJson.Write(plan));
        }
    }

    [Fact]
    public void A_document_cannot_break_out_of_the_comment()
    {
        var desired = Scene.Desired(3);
        var hostile = desired with { Source = desired.Source with { Path = "etcd/@root`|<!-- x.yaml" } };

        var comment = PlanMarkdown.Write(EtcdForecast.Unfold(hostile, Scene.Running(3), Scene.Hashes));

        Assert.DoesNotContain("@root", comment, StringComparison.Ordinal);
        Assert.DoesNotContain("<!--", comment, StringComparison.Ordinal);
        Assert.Contains("\\`\\|", comment, StringComparison.Ordinal);
    }

    private static EtcdLive Led(EtcdLive live, int index) =>
        new EtcdModel(Scene.Desired(live.Members.Length), Scene.Hashes).ApplyTo(
            live,
            new EtcdStep.MoveLeader(0, 0, index, live.Members.Single(m => m.Index == index).Entry!.Id)
        ) with
        {
            Settled = true,
        };
}
