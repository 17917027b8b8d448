using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Domains.Etcd.Steps;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>
/// What follows from a step, and what the world then does by itself if nothing goes wrong. Plans are unfolded on it, proofs explore
/// it, and real runs are held against it. Pure.
/// </summary>
public sealed partial record EtcdModel(EtcdDesired Desired, EtcdHashes Hashes)
{
    /// <summary>The id that the model gives a new cluster; etcd's own is a hash that nobody reads.</summary>
    public const ulong NewClusterId = 0xc1;

    /// <summary>The state right after the step's calls have succeeded, before anything has reacted to them.</summary>
    public EtcdLive ApplyTo(EtcdLive live, EtcdStep step) =>
        step switch
        {
            EtcdStep.WriteRecord write => live with { Record = write.Record, RecordVersion = "written" },
            EtcdStep.ApplyShared shared => live with { Shared = Hashes.Shared(Accepted(live), shared.MinAvailable) },
            EtcdStep.DeleteShared { Peers: true } => live with { Shared = live.Shared with { PeerServiceHash = null } },
            EtcdStep.DeleteShared => live with { Shared = live.Shared with { ClientServiceHash = null, DisruptionBudgetHash = null } },
            EtcdStep.StartSeed seed => Start(live, seed.Index, Names(live).PeerUrl(seed.Index)),
            EtcdStep.StartMember start => Start(live, start.Index, string.Join(',', start.InitialCluster.Select(e => e.PeerUrl))),
            EtcdStep.SealMember seal => Change(live, seal.Index, m => m with { Boot = Sealed(live, seal.Index) }),
            EtcdStep.RestoreMember restore => Change(
                live,
                restore.Index,
                m =>
                    m with
                    {
                        Boot = Sealed(live, restore.Index),
                        StatefulSet = m.StatefulSet ?? Set(live, restore.Index, restore.VoterRole),
                    }
            ),
            EtcdStep.PutBack put => live with { Drifts = live.Drifts.RemoveAll(fact => fact.Target == put.Target) },
            EtcdStep.RemoveStranger stranger => live with
            {
                StrangerEntries = live.StrangerEntries.RemoveAll(entry => entry.Id == stranger.MemberId),
                Membership = live.Membership is { } known
                    ? known with
                    {
                        Entries = known.Entries.RemoveAll(entry => entry.Id == stranger.MemberId),
                    }
                    : null,
                Settled = false,
            },
            EtcdStep.AddLearner add => List(
                live,
                new MemberEntry(NewMemberId(add.Index), "", Names(live).PeerUrl(add.Index), IsLearner: true)
            ),
            EtcdStep.PromoteLearner promote => Promote(live, promote.MemberId),
            EtcdStep.AdmitVoter admit => Label(live, admit.Index, voter: true),
            EtcdStep.WithdrawVoter withdraw => Label(live, withdraw.Index, voter: false),
            EtcdStep.UpdateMember update => Restart(live, update.Index),
            EtcdStep.TakeSnapshot take => live with
            {
                Snapshot = new("pod-snapshot", take.File, SnapshotState.UnderWay, Terminating: false),
            },
            EtcdStep.EndSnapshot => live with { Snapshot = null },
            EtcdStep.MoveLeader move => Lead(live, move.ToId) with { Settled = false },
            EtcdStep.RemoveMember remove => Unlist(live, remove.MemberId),
            EtcdStep.DeleteMember delete => Change(
                live,
                delete.Index,
                m =>
                    m with
                    {
                        Boot = null,
                        StatefulSet = m is { StatefulSet: { } set, Pod: not null } ? set with { Terminating = true } : null,
                    }
            ),
            EtcdStep.DeleteClaim delete => Change(
                live,
                delete.Index,
                m => m with { Claim = m is { Claim: { } claim, Pod: not null } ? claim with { Terminating = true } : null }
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(step), step, "A step that the model does not know"),
        };

    private static EtcdNames Names(EtcdLive live) => new(live.Cluster);

    private static ulong NewMemberId(int index) => 0x1000 + (ulong)index;

    private EtcdDesired Accepted(EtcdLive live) => Desired with { Source = live.Record?.Accepted ?? Desired.Source };

    private StatefulSetLive Set(EtcdLive live, int index, bool voter) =>
        new($"set-{index}", Hashes.StatefulSet(Accepted(live), index), voter, Terminating: false)
        {
            DesiredHash = Hashes.Desired(Accepted(live)),
            Image = Image(Accepted(live).Spec),
        };

    private static string Image(EtcdSpec spec) => $"{spec.ImageRepository}:v{spec.Version}";

    private EtcdLive Restart(EtcdLive live, int index) =>
        Change(
            live,
            index,
            m =>
                m with
                {
                    StatefulSet = Set(live, index, m.StatefulSet is { VoterRole: true }),
                    Pod = m.Pod is { } pod ? pod with { Terminating = true, Ready = false } : null,
                    Endpoint = new EndpointLive.Unreachable(false),
                }
        ) with
        {
            Settled = false,
        };

    private static BootLive Sealed(EtcdLive live, int index) => new(true, $"{Names(live).Member(index)}={Names(live).PeerUrl(index)}");

    private EtcdLive Start(EtcdLive live, int index, string initialCluster) =>
        Change(
            live,
            index,
            m => m with { Boot = new BootLive(false, initialCluster), StatefulSet = m.StatefulSet ?? Set(live, index, voter: false) }
        );

    private static EtcdLive List(EtcdLive live, MemberEntry entry)
    {
        var membership = live.Membership ?? new MembershipLive(NewClusterId, []);
        var index =
            Names(live).IndexOfPeerUrl(entry.PeerUrl)
            ?? throw new InvalidOperationException($"{entry.PeerUrl} is not an address of {live.Cluster}");
        var entries = membership.Entries.RemoveAll(e => e.PeerUrl == entry.PeerUrl).Add(entry);
        return Change(live, index, m => m with { Entry = entry }) with
        {
            Membership = membership with { Entries = entries },
            Settled = false,
        };
    }

    private static EtcdLive Promote(EtcdLive live, ulong id) =>
        live.Members.FirstOrDefault(m => m.Entry?.Id == id) is not { Entry: { } entry } member
            ? live
            : Change(
                List(live, entry with { IsLearner = false }),
                member.Index,
                m =>
                    m.Endpoint is EndpointLive.Reachable { Status: var status }
                        ? m with
                        {
                            Endpoint = new EndpointLive.Reachable(status with { IsLearner = false, LinearizableRead = true }),
                            Pod = m.Pod is { Terminating: false } pod ? pod with { Ready = true } : m.Pod,
                        }
                        : m
            );

    private static EtcdLive Unlist(EtcdLive live, ulong id) =>
        live.Members.FirstOrDefault(m => m.Entry?.Id == id) is not { } member
            ? live
            : Change(live, member.Index, m => m with { Entry = null, Endpoint = new EndpointLive.Unreachable(false) }) with
            {
                Membership = live.Membership is { } known ? known with { Entries = known.Entries.RemoveAll(e => e.Id == id) } : null,
                Settled = false,
            };

    private static EtcdLive Label(EtcdLive live, int index, bool voter) =>
        Change(
            live,
            index,
            m =>
                m with
                {
                    StatefulSet = m.StatefulSet is { } set ? set with { VoterRole = voter } : null,
                    Pod = m.Pod is { } pod ? pod with { VoterRole = voter } : null,
                }
        );

    private static EtcdLive Lead(EtcdLive live, ulong leaderId) =>
        live with
        {
            Members =
            [
                .. live.Members.Select(m =>
                    m.Endpoint is EndpointLive.Reachable { Status: var status } && status.LeaderId != leaderId
                        ? m with
                        {
                            Endpoint = new EndpointLive.Reachable(status with { LeaderId = leaderId }),
                        }
                        : m
                ),
            ],
        };

    internal static EtcdLive Change(EtcdLive live, int index, Func<MemberLive, MemberLive> change)
    {
        var before = live.Members.FirstOrDefault(m => m.Index == index) ?? new MemberLive(index);
        var after = change(before);
        var others = live.Members.Where(m => m.Index != index);
        // A member is nothing but its entry and its objects: without any it is not there.
        var exists = after.Entry is not null || EtcdSituation.HasObjects(after);
        return live with { Members = [.. (exists ? others.Append(after) : others).OrderBy(m => m.Index)] };
    }
}
