using GitOpsOperator.Domains.Prometheus.Planning;
using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Specs;
using static GitOpsOperator.Domains.Prometheus.Tests.Planning.PrometheusScene;

namespace GitOpsOperator.Domains.Prometheus.Tests.Planning;

/// <summary>Volumes grow; they neither shrink nor become others.</summary>
public sealed class PrometheusStorageTests
{
    private const string Larger = "storage: {volumeClaimTemplate: {spec: {resources: {requests: {storage: 2Gi}}}}}";

    [Fact]
    public async Task A_larger_volume_is_asked_of_every_claim_and_the_StatefulSet_made_anew_around_its_pods()
    {
        var live = await RunningAsync(Desired());
        Assert.Equal(2, live.Shards[0].Claims.Length);

        var (end, steps) = Walk(Desired(Larger), await live.SeenByAsync(Desired(Larger)));

        Assert.IsType<Decision<PrometheusStep>.Converged>(PrometheusPlanner.Next(Desired(Larger), end));
        Assert.Equal(
            [
                nameof(PrometheusStep.GrowClaim),
                nameof(PrometheusStep.GrowClaim),
                nameof(PrometheusStep.OrphanStatefulSet),
                nameof(PrometheusStep.Begin),
                nameof(PrometheusStep.ApplyShard),
                nameof(PrometheusStep.Confirm),
            ],
            steps.Select(step => step.GetType().Name)
        );
        Assert.Equal(live.Shards[0].Replicas.Select(replica => replica.PodUid), end.Shards[0].Replicas.Select(replica => replica.PodUid));
    }

    [Fact]
    public async Task Growing_goes_on_wherever_it_was_interrupted()
    {
        var desired = Desired(Larger);
        var model = new PrometheusModel(desired, Hashes);
        var live = await (await RunningAsync(Desired())).SeenByAsync(desired);
        var taken = 0;
        while (PrometheusPlanner.Next(desired, live) is Decision<PrometheusStep>.Act act)
        {
            live = model.Apply(live, act.Step);
            taken++;

            // Whoever begins here has nothing but what is there.
            var (end, _) = Walk(desired, live);
            Assert.IsType<Decision<PrometheusStep>.Converged>(PrometheusPlanner.Next(desired, end));
            Assert.All(end.Shards[0].Claims, claim => Assert.Equal("2Gi", claim.Size.ToString()));
        }

        Assert.True(taken >= 4);
    }

    [Theory]
    [InlineData(
        "storage: {volumeClaimTemplate: {spec: {resources: {requests: {storage: 512Mi}}}}}",
        "smaller volumes, and Kubernetes shrinks none"
    )]
    [InlineData("storage: {volumeClaimTemplate: {spec: {storageClassName: fast, resources: {requests: {storage: 1Gi}}}}}", "class fast")]
    [InlineData("storage: {volumeClaimTemplate: {metadata: {name: data}, spec: {resources: {requests: {storage: 1Gi}}}}}", "named data")]
    [InlineData("storage: {emptyDir: {}}", "without claims")]
    public async Task What_would_be_another_volume_is_refused_and_nothing_of_the_commit_is_done(string storage, string why)
    {
        var changed = Desired($"{storage}\nexternalUrl: https://prometheus.example");
        var live = await (await RunningAsync(Desired())).SeenByAsync(changed);

        var refused = Assert.IsType<Decision<PrometheusStep>.Refused>(PrometheusPlanner.Next(changed, live));

        Assert.Equal("storage-change", refused.By.Rule);
        Assert.Contains(why, refused.By.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_claim_that_somebody_has_enlarged_further_stays_as_it_is()
    {
        var live = await RunningAsync(Desired());
        Assert.True(Quantity.TryParse("3Gi", out var grown));
        live = live with
        {
            Shards =
            [
                .. live.Shards.Select(shard => shard with { Claims = [.. shard.Claims.Select(claim => claim with { Size = grown })] }),
            ],
        };

        Assert.IsType<Decision<PrometheusStep>.Converged>(PrometheusPlanner.Next(Desired(), await live.SeenByAsync(Desired())));
        Assert.DoesNotContain(
            Walk(Desired(Larger), await live.SeenByAsync(Desired(Larger))).Steps,
            step => step is PrometheusStep.GrowClaim
        );
    }

    [Fact]
    public async Task Another_service_name_makes_the_StatefulSet_anew_and_restarts_the_pods_one_by_one()
    {
        var desired = Desired("serviceName: other");
        var (_, steps) = Walk(desired, await (await RunningAsync(Desired())).SeenByAsync(desired));

        Assert.Single(steps.OfType<PrometheusStep.OrphanStatefulSet>());
        Assert.Equal(2, steps.OfType<PrometheusStep.RestartReplica>().Count());
    }
}
