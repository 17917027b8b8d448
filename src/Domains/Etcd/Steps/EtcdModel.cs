using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Rendering;
using GitOpsOperator.Domains.Etcd.Spec;

namespace GitOpsOperator.Domains.Etcd.Steps;

/// <summary>
/// What follows from a step, and what the world then does by itself if nothing goes wrong. Plans are unfolded on it, proofs explore
/// it, and real runs are held against it. Pure.
/// </summary>
public sealed partial record EtcdModel(EtcdDesired Desired, EtcdHashes Hashes)
{
    /// <summary>The id that the model gives a new cluster; etcd's own is a hash that nobody reads.</summary>
    public const ulong NewClusterId = 0xc1;

    /// <summary>The state right after the step's calls have succeeded, before anything has reacted to them.</summary>
    public EtcdLive ApplyTo(EtcdLive live, EtcdStep step) => step.ApplyTo(live, this);

    internal static EtcdNames Names(EtcdLive live) => new(live.Cluster);

    internal static ulong NewMemberId(int index) => 0x1000 + (ulong)index;

    /// <summary>The desired state in force.</summary>
    internal EtcdDesired Accepted(EtcdLive live) => Desired with { Source = live.Record?.Accepted ?? Desired.Source };

    internal StatefulSetLive Set(EtcdLive live, int index, bool voter) =>
        new($"set-{index}", Hashes.StatefulSet(Accepted(live), index), voter, Terminating: false)
        {
            DesiredHash = Hashes.Desired(Accepted(live)),
            Image = Image(Accepted(live).Spec),
        };

    private static string Image(EtcdSpec spec) => $"{spec.ImageRepository}:v{spec.Version}";

    internal static BootLive Sealed(EtcdLive live, int index) => new(true, $"{Names(live).Member(index)}={Names(live).PeerUrl(index)}");

    internal EtcdLive Start(EtcdLive live, int index, string initialCluster) =>
        Change(
            live,
            index,
            m => m with { Boot = new BootLive(false, initialCluster), StatefulSet = m.StatefulSet ?? Set(live, index, voter: false) }
        );

    internal static EtcdLive List(EtcdLive live, MemberEntry entry)
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

    internal static EtcdLive Label(EtcdLive live, int index, bool voter) =>
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

    internal static EtcdLive Lead(EtcdLive live, ulong leaderId) =>
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
        var exists = after.Entry is not null || MemberHealth.HasObjects(after);
        return RetainedClaims.SetApart(live with { Members = [.. (exists ? others.Append(after) : others).OrderBy(m => m.Index)] });
    }
}
