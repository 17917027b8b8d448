using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Spec;

namespace GitOpsOperator.Domains.Etcd.Steps;

/// <summary>What Kubernetes and etcd do by themselves.</summary>
public sealed partial record EtcdModel
{
    /// <summary>The log of a cluster that the model has founded: long enough that a new member has something to catch up with.</summary>
    internal const ulong FirstLog = 1000;

    /// <summary>
    /// One round in which everything that is under way gets one step further, as it nominally would: pods start, members briefly silent
    /// answer again, learners catch up, a leader is elected. Unchanged where the world is idle.
    /// </summary>
    public EtcdLive Advance(EtcdLive live)
    {
        var after = Elect(live.Members.Select(m => m.Index).ToArray().Aggregate(live, AdvanceMember));
        var moved = !after.Members.SequenceEqual(live.Members);
        after = AdvanceSnapshot(after);
        return moved ? after with { Settled = false }
            : after.Settled
                ? ReferenceEquals(after.Snapshot, live.Snapshot) ? live
                    : after
            : after with { Settled = true };
    }

    /// <summary>The pod of a snapshot gets one step further; unchanged where there is none or it is done.</summary>
    internal static EtcdLive AdvanceSnapshot(EtcdLive live) =>
        live.Snapshot switch
        {
            { Terminating: true } => live with { Snapshot = null },
            { State: SnapshotState.UnderWay } taking => live with { Snapshot = taking with { State = SnapshotState.Verified } },
            _ => live,
        };

    /// <summary>The next thing that one member does; unchanged where it is idle.</summary>
    internal EtcdLive AdvanceMember(EtcdLive live, int index) =>
        live.Members.First(m => m.Index == index) switch
        {
            { Pod: not null, StatefulSet.Terminating: true } or { Pod.Terminating: true } => Change(
                live,
                index,
                m => m with { Pod = null, Endpoint = new EndpointLive.Unreachable(false) }
            ),
            { StatefulSet.Terminating: true } => Change(live, index, m => m with { StatefulSet = null }),
            { Claim.Terminating: true, Pod: null } => Change(live, index, m => m with { Claim = null }),
            { StatefulSet: not null, Pod: null } => Change(live, index, m => CreatePod(live, m)),
            { Boot: not null, Pod: { DataLost: false, NodeNotReadyReason: null } } member
                when MemberHealth.IsSilent(member) && !MemberHealth.IsSilentForLong(member) && MayRun(live, member) => Run(live, member),
            // It answers a moment before the others hear its name.
            { Entry: { Started: false } nameless, Endpoint: EndpointLive.Reachable } => List(
                live,
                nameless with
                {
                    Name = Names(live).Member(index),
                }
            ),
            // It hears of its own promotion a moment after the others.
            { Entry.IsLearner: false, Endpoint: EndpointLive.Reachable { Status: { IsLearner: true } behind } } => Change(
                live,
                index,
                m => m with { Endpoint = new EndpointLive.Reachable(behind with { IsLearner = false }) }
            ),
            { Entry.IsLearner: true, Endpoint: EndpointLive.Reachable { Status: var status } }
                when status.LeaderId != 0 && status.RaftIndex < LongestLog(live) => Change(
                live,
                index,
                m =>
                    m with
                    {
                        Endpoint = new EndpointLive.Reachable(
                            status with
                            {
                                RaftIndex = HalfWay(status.RaftIndex, LongestLog(live)),
                                AppliedIndex = HalfWay(status.RaftIndex, LongestLog(live)),
                            }
                        ),
                    }
            ),
            _ => live,
        };

    /// <summary>A majority of the voters elects a leader and serves reads; fewer do neither.</summary>
    internal static EtcdLive Elect(EtcdLive live)
    {
        var voters = live.Members.Where(m => m.Entry is { IsLearner: false }).ToArray();
        var up = voters.Where(m => m.Endpoint is EndpointLive.Reachable).ToArray();
        var quorum = voters.Length > 0 && up.Length >= Quorum.Of(voters.Length);
        var sitting = up.FirstOrDefault(m => up.Any(other => MemberHealth.Status(other)!.LeaderId == m.Entry!.Id));
        var leader = quorum ? (sitting ?? up[0]).Entry!.Id : 0;
        return live with
        {
            Members =
            [
                .. Lead(live, leader)
                    .Members.Select(m =>
                        m is { Entry.IsLearner: false, Endpoint: EndpointLive.Reachable { Status: var status } }
                        && status.LinearizableRead != quorum
                            ? m with
                            {
                                Endpoint = new EndpointLive.Reachable(status with { LinearizableRead = quorum }),
                            }
                            : m
                    ),
            ],
        };
    }

    /// <summary>A log comes in two halves: a member that has the first is not caught up.</summary>
    private static ulong HalfWay(ulong has, ulong longest) => has < longest / 2 ? longest / 2 : longest;

    private static ulong LongestLog(EtcdLive live) =>
        live.Members.Select(MemberHealth.Status).OfType<EndpointStatus>().Select(s => s.RaftIndex).Append(FirstLog).Max();

    private MemberLive CreatePod(EtcdLive live, MemberLive member)
    {
        var persistent = Accepted(live).Spec.Storage is EtcdStorage.Persistent;
        // A sealed member whose volume is new exits at once; one that has never run starts on it.
        var dataLost = member.Boot is { Sealed: true } && member.Claim is null;
        return member with
        {
            Claim = persistent ? member.Claim ?? new ClaimLive($"claim-{member.Index}", Terminating: false) : null,
            Pod = new PodLive(
                $"pod-{member.Index}",
                PodPhase.Running,
                false,
                0,
                member.StatefulSet!.VoterRole,
                Terminating: false,
                dataLost
            )
            {
                SpecHash = member.StatefulSet.SpecHash,
                DesiredHash = member.StatefulSet.DesiredHash,
                Image = member.StatefulSet.Image,
            },
            Endpoint = new EndpointLive.Unreachable(false),
        };
    }

    private static string? VersionIn(string? image) => image?[(image.LastIndexOf(':') + 1)..].TrimStart('v');

    private static bool MayRun(EtcdLive live, MemberLive member) => member.Entry is not null || live.Record is { ClusterId: null };

    private EtcdLive Run(EtcdLive live, MemberLive member)
    {
        var name = Names(live).Member(member.Index);
        var entry = member.Entry ?? new MemberEntry(NewMemberId(member.Index), name, Names(live).PeerUrl(member.Index), IsLearner: false);
        var log = entry.Started || !entry.IsLearner ? LongestLog(live) : 0;
        var listed = entry.Started && member.Entry is not null ? live : List(live, entry with { Name = name });
        return Change(
            listed,
            member.Index,
            m =>
                m with
                {
                    Pod = m.Pod! with { Ready = !entry.IsLearner, Fault = null, WaitingReason = null },
                    Endpoint = new EndpointLive.Reachable(
                        new EndpointStatus(
                            listed.Membership?.ClusterId ?? listed.Record?.ClusterId ?? NewClusterId,
                            entry.Id,
                            0,
                            1,
                            log,
                            log,
                            entry.IsLearner,
                            LinearizableRead: false,
                            VersionIn(m.Pod!.Image) ?? Accepted(live).Spec.Version.ToString(),
                            0,
                            []
                        )
                    ),
                }
        );
    }
}
