using System.Text.RegularExpressions;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Planning;
using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Plans;
using static GitOpsOperator.Domains.Prometheus.Tests.Planning.PrometheusScene;

namespace GitOpsOperator.Domains.Prometheus.Tests.Planning;

/// <summary>What loses history waits for a person, and is done when just that has been approved, once.</summary>
public sealed partial class PrometheusApprovalTests
{
    private const string Deleting = "persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}";
    private const string NoVolumes = "storage: {emptyDir: {}}";

    [Theory]
    [Trait("takes", "long")]
    [InlineData("", "retention: 5d", "history beyond 5d is deleted, where 15d was kept")]
    [InlineData("", "retention: 14d23h59m", "history beyond 14d23h59m is deleted")]
    [InlineData("", "retentionSize: 1GB", "history beyond 15d or 1GB is deleted, where 15d was kept")]
    [InlineData("retentionSize: 2GiB", "retentionSize: 2047MB", "history beyond 15d or 2047MB is deleted")]
    [InlineData(Deleting, Deleting + "\nreplicas: 1", "the history of prometheus-main-1 goes with their volumes")]
    [InlineData(NoVolumes, NoVolumes + "\nreplicas: 1", "the history of prometheus-main-1 goes with their pods")]
    [InlineData("", "version: v2.53.3", "2.53.3 may be unable to read the history that 3.5.3 has written")]
    public async Task Nothing_is_changed_until_it_is_approved_and_then_all_of_it_is(string before, string after, string loss)
    {
        var live = await (await RunningAsync(Desired(before))).SeenByAsync(Desired(after));

        var (held, steps) = Walk(Desired(after), live);
        Assert.Empty(steps);
        var blocked = Assert.IsType<Decision<PrometheusStep>.Blocked>(PrometheusPlanner.Next(Desired(after), held));
        Assert.Equal("needs-approval", blocked.By.Rule);
        Assert.Contains(loss, blocked.By.Reason, StringComparison.Ordinal);
        Assert.Contains("clusters/main.yaml", blocked.By.Remediation, StringComparison.Ordinal);
        Assert.Equal(PlanVerdict.Waits, PrometheusForecast.Unfold(Desired(after), live).Verdict);

        var approved = Desired(after, "0123456789abcdef", DigestIn(blocked));
        var (end, done) = Walk(approved, live);
        Assert.IsType<Decision<PrometheusStep>.Converged>(PrometheusPlanner.Next(approved, end));
        Assert.IsType<PrometheusStep.TakeApproval>(done[0]);
        Assert.IsType<PrometheusStep.TakeApproval>(done[^1]);
        Assert.Equal(new(1, []), end.Approval);
    }

    [Theory]
    [InlineData("retention: 5d", 12, 3600, "prometheus-main-0 holds 12 d in 3.5 GiB now, of which 7 d and about 2.1 GiB go")]
    [InlineData("retention: 5d", 4, 3600, "prometheus-main-0 holds 4 d in 3.5 GiB now, of which nothing goes yet")]
    [InlineData("retentionSize: 1GB", 12, 3600, "prometheus-main-0 holds 12 d in 3.5 GiB now, of which about 2.5 GiB go")]
    [InlineData("retentionSize: 1GB", 12, 20, "prometheus-main-0 holds 12 d in 20 MiB now, of which nothing goes yet")]
    public async Task What_goes_is_told_in_days_and_bytes_of_each_replica(string after, int days, long mebibytes, string told)
    {
        var live = await (await RunningAsync(Desired(""))).SeenByAsync(Desired(after));
        live = live with
        {
            Shards =
            [
                .. live.Shards.Select(shard =>
                    shard with
                    {
                        Replicas =
                        [
                            .. shard.Replicas.Select(replica =>
                                replica with
                                {
                                    Server = replica.Server! with { History = new(TimeSpan.FromDays(days), mebibytes << 20) },
                                }
                            ),
                        ],
                    }
                ),
            ],
        };

        Assert.Contains(
            told,
            Assert.IsType<Decision<PrometheusStep>.Blocked>(PrometheusPlanner.Next(Desired(after), live)).By.Reason,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("", "retention: 15d")]
    [InlineData("", "retention: 360h")]
    [InlineData("", "retention: 2w1d")]
    [InlineData("", "retention: 30d")]
    [InlineData("retentionSize: 2GiB", "retentionSize: 2048MB")]
    [InlineData("retentionSize: 2GiB", "")]
    [InlineData("", "replicas: 1")]
    [InlineData("", Deleting)]
    [InlineData("", "replicas: 3")]
    [InlineData("", "version: v3.6.0")]
    [InlineData("", "version: v3.5.1")]
    [InlineData("", "externalUrl: https://prometheus.example")]
    public async Task What_loses_nothing_needs_no_approval(string before, string after)
    {
        var (end, steps) = Walk(Desired(after), await (await RunningAsync(Desired(before))).SeenByAsync(Desired(after)));

        Assert.IsType<Decision<PrometheusStep>.Converged>(PrometheusPlanner.Next(Desired(after), end));
        Assert.DoesNotContain(steps, step => step is PrometheusStep.TakeApproval);
    }

    [Fact]
    public async Task An_approval_holds_until_the_change_is_through_wherever_it_is_interrupted()
    {
        var live = await (await RunningAsync(Desired())).SeenByAsync(Desired("retention: 5d"));
        var approved = Desired("retention: 5d", DigestIn(PrometheusPlanner.Next(Desired("retention: 5d"), live)));
        var model = new PrometheusModel(approved, Hashes);
        var seen = 0;
        while (PrometheusPlanner.Next(approved, live) is var decision and not Decision<PrometheusStep>.Converged)
        {
            Assert.True(
                decision is Decision<PrometheusStep>.Act or Decision<PrometheusStep>.Progress,
                $"after {seen} decisions: {decision}"
            );
            live = decision is Decision<PrometheusStep>.Act act ? model.Apply(live, act.Step) : model.Advance(live);
            Assert.True(++seen < 100);
        }

        // Meanwhile the first of two processes had the new retention and the other the old.
        Assert.True(seen > 5);
    }

    [Fact]
    public async Task An_approval_counts_once()
    {
        var shrink = Desired("retention: 5d");
        var live = await (await RunningAsync(Desired())).SeenByAsync(shrink);
        var digest = DigestIn(PrometheusPlanner.Next(shrink, live));
        var (short5, _) = Walk(Desired("retention: 5d", digest), live);

        var (long15, _) = Walk(Desired("", digest), await short5.SeenByAsync(Desired("", digest)));
        var again = Assert.IsType<Decision<PrometheusStep>.Blocked>(
            PrometheusPlanner.Next(Desired("retention: 5d", digest), await long15.SeenByAsync(shrink))
        );

        Assert.Contains(
            $"approves {digest}, which is for something else, or was carried out before",
            again.By.Reason,
            StringComparison.Ordinal
        );
        Assert.NotEqual(digest, DigestIn(again));
    }

    [Fact]
    public async Task An_approval_is_for_these_effects_on_this_very_thing()
    {
        var live = await RunningAsync(Desired());
        async Task<string> Of(string spec, PrometheusLive world) =>
            DigestIn(PrometheusPlanner.Next(Desired(spec), await world.SeenByAsync(Desired(spec))));
        var digest = await Of("retention: 5d", live);

        Assert.Equal(digest, await Of("retention: 5d", live.With(0, 1, replica => replica.Silent())));
        Assert.Equal(digest, await Of("retention: 5d\nexternalUrl: https://prometheus.example", live));
        Assert.NotEqual(digest, await Of("retention: 4d", live));
        Assert.NotEqual(digest, await Of("retention: 5d\nversion: v2.53.3", live));
        var anew = live with { Shards = [.. live.Shards.Select(shard => shard with { Set = shard.Set! with { Uid = "another" } })] };
        Assert.NotEqual(digest, await Of("retention: 5d", anew));
    }

    [Fact]
    public async Task What_goes_further_while_an_approval_is_in_force_needs_another()
    {
        var live = await (await RunningAsync(Desired())).SeenByAsync(Desired("retention: 5d"));
        var digest = DigestIn(PrometheusPlanner.Next(Desired("retention: 5d"), live));
        var taken = new PrometheusModel(Desired(), Hashes).Apply(
            live,
            Assert.IsType<Decision<PrometheusStep>.Act>(PrometheusPlanner.Next(Desired("retention: 5d", digest), live)).Step
        );

        var further = Assert.IsType<Decision<PrometheusStep>.Blocked>(
            PrometheusPlanner.Next(Desired("retention: 1d", digest), await taken.SeenByAsync(Desired("retention: 1d")))
        );
        Assert.Equal("needs-approval", further.By.Rule);

        // Thought better of: nothing was lost, and the approval is written off.
        var (end, _) = Walk(Desired(), await taken.SeenByAsync(Desired()));
        Assert.Equal(new(1, []), end.Approval);
    }

    [Fact]
    public async Task Where_no_process_answers_the_flags_it_is_started_with_say_what_is_kept()
    {
        var live = (await RunningAsync(Desired())).With(0, 0, replica => replica.Silent()).With(0, 1, replica => replica.Silent());
        live = live with
        {
            Shards =
            [
                .. live.Shards.Select(shard =>
                    shard with
                    {
                        Set = shard.Set! with { Retention = Retention.OfArguments(["--storage.tsdb.retention.time=15d"]) },
                    }
                ),
            ],
        };

        var decision = PrometheusPlanner.Next(Desired("retention: 5d"), await live.SeenByAsync(Desired("retention: 5d")));

        Assert.Equal("needs-approval", Assert.IsType<Decision<PrometheusStep>.Blocked>(decision).By.Rule);
    }

    private static string DigestIn(Decision<PrometheusStep> decision) =>
        Annotation().Match(Assert.IsType<Decision<PrometheusStep>.Blocked>(decision).By.Remediation) is { Success: true } match
            ? match.Groups[1].Value
            : "none";

    [GeneratedRegex("gitops-operator.dev/approve: \"([0-9a-f]{16})\"")]
    private static partial Regex Annotation();
}
