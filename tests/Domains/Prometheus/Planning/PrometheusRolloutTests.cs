using GitOpsOperator.Domains.Prometheus.Planning;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Specs;
using static GitOpsOperator.Domains.Prometheus.Tests.Planning.PrometheusScene;

namespace GitOpsOperator.Domains.Prometheus.Tests.Planning;

/// <summary>Another version of the operator that renders the same documents differently.</summary>
public sealed class PrometheusRolloutTests
{
    private static readonly PrometheusHashes Newer = Hashes with
    {
        StatefulSet = (desired, shard) => $"newer {Hashes.StatefulSet(desired, shard)}",
        Template = (desired, shard) => $"newer {Hashes.Template(desired, shard)}",
    };

    [Fact]
    public async Task A_newer_version_of_the_operator_restarts_nothing()
    {
        var (_, steps) = Walk(Desired(), await RunningAsync(Desired()), hashes: Newer);

        Assert.Empty(steps);
    }

    [Fact]
    public async Task A_paused_one_is_left_as_it_is_whatever_else_its_document_says()
    {
        var paused = Desired("paused: true\nexternalUrl: https://prometheus.example");
        var live = await (await RunningAsync(Desired())).SeenByAsync(paused);

        var blocked = Assert.IsType<Decision<PrometheusStep>.Blocked>(PrometheusPlanner.Decide(paused, live, Hashes).Decision);

        Assert.Equal("paused", blocked.By.Rule);
    }

    [Fact]
    public async Task A_newer_version_of_the_operator_rolls_where_the_document_says_so()
    {
        var plain = Desired();
        var always = plain with
        {
            Document = plain.Document with
            {
                Annotations = plain.Document.Annotations.Add(ClusterDocument.RolloutPolicyAnnotation, "Always"),
            },
        };

        var (_, steps) = Walk(always, await RunningAsync(Desired()), hashes: Newer);

        Assert.Equal(2, steps.Count(step => step is PrometheusStep.RestartReplica));
    }

    [Fact]
    public async Task The_next_change_of_the_document_brings_the_new_rendering_with_it()
    {
        var changed = Desired("externalUrl: https://prometheus.example");

        var (end, steps) = Walk(changed, await (await RunningAsync(Desired())).SeenByAsync(changed), hashes: Newer);

        Assert.Equal(2, steps.Count(step => step is PrometheusStep.RestartReplica));
        Assert.All(end.Shards, shard => Assert.StartsWith("newer", shard.Set!.Hash, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_change_of_the_configuration_alone_restarts_nothing_now_or_with_the_next_version()
    {
        var changed = Desired("scrapeInterval: 45s");

        var (end, steps) = Walk(changed, await (await RunningAsync(Desired())).SeenByAsync(changed));
        var (_, later) = Walk(changed, end, hashes: Newer);

        Assert.DoesNotContain(steps, step => step is PrometheusStep.RestartReplica or PrometheusStep.ApplyShard);
        Assert.Empty(later);
    }

    [Fact]
    public async Task Where_no_replica_serves_none_waits_for_another()
    {
        var mended = Desired("externalUrl: https://prometheus.example");
        var live = await (await RunningAsync(Desired())).SeenByAsync(mended);
        var model = new PrometheusModel(mended, Hashes);
        live = live.With(0, 0, PrometheusScene.Silent).With(0, 1, PrometheusScene.Silent);
        while (
            PrometheusPlanner.Next(mended, live) is Decision<PrometheusStep>.Act { Step: not PrometheusStep.RestartReplica and var step }
        )
        {
            live = model.Apply(live, step);
        }

        var first = Assert.IsType<PrometheusStep.RestartReplica>(
            Assert.IsType<Decision<PrometheusStep>.Act>(PrometheusPlanner.Next(mended, live)).Step
        );
        var second = Assert.IsType<PrometheusStep.RestartReplica>(
            Assert.IsType<Decision<PrometheusStep>.Act>(PrometheusPlanner.Next(mended, model.Apply(live, first))).Step
        );
        Assert.Equal((1, 0), (first.Ordinal, second.Ordinal));
    }
}
