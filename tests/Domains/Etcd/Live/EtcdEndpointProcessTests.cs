using System.Diagnostics;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Live.Access;
using GitOpsOperator.TestKit;
using GitOpsOperator.TestKit.Etcd;

namespace GitOpsOperator.Domains.Etcd.Tests.Live;

/// <summary>What real etcd answers, on an old and a newer release.</summary>
[Trait("starts", "processes")]
public sealed class EtcdEndpointProcessTests
{
    public static readonly TheoryData<string> Versions = ["3.4.23", "3.5.16"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Versions))]
    public async Task A_learner_is_added_promoted_given_the_lead_and_removed(string version)
    {
        await using var seed = new EtcdProcess(version, "m0");
        seed.Start("new", $"m0={seed.PeerUrl}");
        await seed.WaitReadyAsync(Token);
        using var first = seed.Connect();

        await using var second = new EtcdProcess(version, "m1");
        var added = await first.AddLearnerAsync(second.PeerUrl, Token);
        Assert.Equal(new MemberEntry(added.Id, "", second.PeerUrl, IsLearner: true), added);
        Assert.False(added.Started);

        var twice = await Assert.ThrowsAsync<EtcdCallException>(() => first.AddLearnerAsync("http://127.0.0.1:1", Token));
        Assert.Equal(EtcdFailure.Refused, twice.Failure);
        Assert.Contains("too many learner", twice.Detail, StringComparison.Ordinal);
        var unsynced = await Assert.ThrowsAsync<EtcdCallException>(() => first.PromoteAsync(added.Id, Token));
        Assert.Equal(EtcdFailure.Refused, unsynced.Failure);

        second.Start("existing", $"m0={seed.PeerUrl},m1={second.PeerUrl}");
        using var learner = second.Connect();
        await Eventually.SucceedsAsync(async () => Assert.True((await learner.StatusAsync(Token)).IsLearner), () => second.Log, Token);
        var refusal = await Assert.ThrowsAsync<EtcdCallException>(() => learner.MembershipAsync(Token));
        Assert.Equal(EtcdFailure.Learner, refusal.Failure);

        await Eventually.SucceedsAsync(() => first.PromoteAsync(added.Id, Token), () => second.Log, Token);
        var list = await first.MembershipAsync(Token);
        Assert.Equal(2, list.Entries.Length);
        Assert.DoesNotContain(list.Entries, entry => entry.IsLearner || !entry.Started);

        await second.WaitReadyAsync(Token);
        var notLeader = await Assert.ThrowsAsync<EtcdCallException>(() => learner.MoveLeaderAsync(added.Id, Token));
        Assert.Equal(EtcdFailure.Refused, notLeader.Failure);
        await first.MoveLeaderAsync(added.Id, Token);
        Assert.Equal(added.Id, (await first.StatusAsync(Token)).LeaderId);

        // Right after a promote etcd refuses for a while, since it counts a peer as connected only after some seconds.
        var seedId = (await first.StatusAsync(Token)).MemberId;
        await Eventually.SucceedsAsync(() => learner.RemoveAsync(seedId, Token), () => second.Log, Token);

        // A busy machine may take longer than the call's deadline, which says nothing about the member.
        await Eventually.SucceedsAsync(
            async () =>
                Assert.Equal(
                    EtcdFailure.NotFound,
                    (await Assert.ThrowsAsync<EtcdCallException>(() => learner.RemoveAsync(seedId, Token))).Failure
                ),
            () => second.Log,
            Token
        );
        Assert.Equal([added.Id], (await learner.MembershipAsync(Token)).Entries.Select(entry => entry.Id));
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task Status_tells_who_leads_how_far_the_log_is_and_which_alarms_are_raised(string version)
    {
        var members = await EtcdProcess.StartClusterAsync(version, 1, Token);
        await using var member = members[0];
        using var endpoint = member.Connect();

        var before = await endpoint.StatusAsync(Token);
        Assert.Equal(before.MemberId, before.LeaderId);
        Assert.Equal(version, before.Version);
        Assert.False(before.IsLearner);
        Assert.NotEqual(0ul, before.ClusterId);
        Assert.True(before.DbSizeBytes > 0);
        Assert.Empty(before.Alarms);

        await RaiseNoSpaceAsync(member.ClientUrl, before.MemberId);
        Assert.Equal(["NOSPACE"], (await endpoint.StatusAsync(Token)).Alarms);
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task Without_quorum_a_member_answers_for_itself_but_reads_and_lists_nothing(string version)
    {
        var members = await EtcdProcess.StartClusterAsync(version, 3, Token);
        await using var first = members[0];
        await using var second = members[1];
        await using var third = members[2];
        second.Suspend();
        third.Suspend();
        using var alone = first.Connect(TimeSpan.FromSeconds(1));

        var status = await alone.StatusAsync(Token);
        Assert.False(status.LinearizableRead);
        await Assert.ThrowsAsync<EtcdCallException>(() => alone.ReadLinearizablyAsync(Token));
        await Assert.ThrowsAsync<EtcdCallException>(() => alone.MembershipAsync(Token));

        using var hung = second.Connect(TimeSpan.FromMilliseconds(500));
        var watch = Stopwatch.StartNew();
        var silent = await Assert.ThrowsAsync<EtcdCallException>(() => hung.StatusAsync(Token));
        Assert.Equal(EtcdFailure.TimedOut, silent.Failure);
        Assert.InRange(watch.ElapsedMilliseconds, 400, 3000);

        second.Resume();
        third.Resume();
        await first.WaitReadyAsync(Token);
        Assert.Equal(3, (await alone.MembershipAsync(Token)).Entries.Length);
    }

    [Fact]
    public async Task Nobody_there_is_unreachable_and_a_cancelled_caller_gets_a_cancellation()
    {
        using var nobody = new EtcdEndpoint("http://127.0.0.1:1", TimeSpan.FromSeconds(2), TimeProvider.System);
        var failure = await Assert.ThrowsAsync<EtcdCallException>(() => nobody.StatusAsync(Token));
        Assert.Equal(EtcdFailure.Unreachable, failure.Failure);

        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => nobody.StatusAsync(stop.Token));
    }

    private static async Task RaiseNoSpaceAsync(string url, ulong memberId)
    {
        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress(url);
        await new Etcdserverpb.Maintenance.MaintenanceClient(channel).AlarmAsync(
            new()
            {
                Action = Etcdserverpb.AlarmRequest.Types.AlarmAction.Activate,
                Alarm = Etcdserverpb.AlarmType.Nospace,
                MemberID = memberId,
            },
            cancellationToken: Token
        );
    }
}
