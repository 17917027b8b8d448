using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Steps;
using GitOpsOperator.TestKit;
using GitOpsOperator.TestKit.Etcd;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Domains.Etcd.Tests.Execution;

/// <summary>
/// What stands between the decision to restart a member and the end of its pod: the member is asked once more whether it leads, and the
/// disruption budget whether it can be spared. The member that answers is a real one of three.
/// </summary>
[Collection(nameof(CountsEtcdCalls))]
[Trait("starts", "processes")]
public sealed class RestartProcessTests
{
    private static readonly EtcdStep Restart = new EtcdStep.UpdateMember(0, Version, Version, NoReturn: false);

    private static EtcdVersion Version => EtcdVersion.TryParse("3.5.16", out var version) ? version : default;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_member_that_has_come_to_lead_since_the_look_is_not_restarted()
    {
        await using var world = await OneMemberWorld.StartSeededAsync();
        var (members, leader, _) = await ThreeAsync();
        try
        {
            world.Answers = leader;
            var outcome = await world.ExecuteAsync(Restart, await SeenAsFollowerAsync(world));

            Assert.Equal("orders-0 has become the leader meanwhile", Assert.IsType<StepOutcome.NotYet>(outcome).Reason);
            Assert.Null((await PodAsync(world)).Metadata.DeletionTimestamp);
        }
        finally
        {
            await EndAsync(members);
        }
    }

    /// <summary>A drain has taken another one meanwhile: the API server decides, at the very moment of the eviction.</summary>
    [Fact]
    public async Task A_follower_goes_only_where_the_budget_can_spare_it()
    {
        await using var world = await OneMemberWorld.StartSeededAsync();
        var (members, _, follower) = await ThreeAsync();
        try
        {
            world.Answers = follower;
            Assert.IsType<StepOutcome.Done>(await world.ExecuteAsync(new EtcdStep.ApplyShared(2)));
            Assert.IsType<StepOutcome.Done>(await world.ExecuteAsync(new EtcdStep.AddToClientService(0)));
            var outcome = await world.ExecuteAsync(Restart, await SeenAsFollowerAsync(world));
            Assert.Contains("disruption budget", Assert.IsType<StepOutcome.NotYet>(outcome).Reason, StringComparison.Ordinal);
            Assert.Null((await PodAsync(world)).Metadata.DeletionTimestamp);

            Assert.IsType<StepOutcome.Done>(await world.ExecuteAsync(new EtcdStep.ApplyShared(0)));
            await Eventually.SucceedsAsync(
                async () => Assert.IsType<StepOutcome.Done>(await world.ExecuteAsync(Restart, await SeenAsFollowerAsync(world))),
                () => "the budget allows it",
                Token
            );
        }
        finally
        {
            await EndAsync(members);
        }
    }

    /// <summary>As it was a moment ago: one of three voters, healthy, and another one led. Its pod is of another rendering.</summary>
    private static async Task<EtcdLive> SeenAsFollowerAsync(OneMemberWorld world)
    {
        var live = await world.ObserveAsync();
        var member = live.Members.Single();
        var entry = new MemberEntry(MemberHealth.Status(member)!.MemberId, "orders-0", OneMemberWorld.Names.PeerUrl(0), IsLearner: false);
        return live with
        {
            Membership = new(1, [entry, entry with { Id = 1, PeerUrl = "http://a" }, entry with { Id = 2, PeerUrl = "http://b" }]),
            Members =
            [
                member with
                {
                    Entry = entry,
                    Pod = member.Pod! with { SpecHash = "of another rendering" },
                    Endpoint = new EndpointLive.Reachable(MemberHealth.Status(member)! with { LeaderId = 1, LinearizableRead = true }),
                },
            ],
        };
    }

    private static async Task<(EtcdProcess[] Members, EtcdProcess Leader, EtcdProcess Follower)> ThreeAsync()
    {
        var members = await EtcdProcess.StartClusterAsync("3.5.16", 3, Token);
        using var endpoint = members[0].Connect();
        var led = await endpoint.StatusAsync(Token);
        var leads = new List<bool>();
        foreach (var member in members)
        {
            using var one = member.Connect();
            leads.Add((await one.StatusAsync(Token)).MemberId == led.LeaderId);
        }

        return (members, members[leads.IndexOf(true)], members[leads.IndexOf(false)]);
    }

    private static async Task EndAsync(EtcdProcess[] members)
    {
        foreach (var member in members)
        {
            await member.DisposeAsync();
        }
    }

    private static Task<V1Pod> PodAsync(OneMemberWorld world) =>
        world.Client.CoreV1.ReadNamespacedPodAsync(OneMemberWorld.Names.Pod(0), "default", cancellationToken: Token);
}
