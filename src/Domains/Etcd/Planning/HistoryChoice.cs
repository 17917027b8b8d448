using System.Collections.Immutable;
using System.Globalization;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Reconcile.Approvals;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>
/// A person's choice between two histories of a cluster: an approval in git that names whom to keep and whose volumes go. The record only
/// remembers what it meant; it counts for as long as the approval stands in git. Pure.
/// </summary>
internal static class HistoryChoice
{
    /// <summary>
    /// One history that could be kept: what is listed there, by whom, and who would go, since they follow another one.
    /// </summary>
    internal sealed record Side(ImmutableArray<MemberLive> Followers, DiscardedHistory Others);

    /// <summary>The histories that are seen, each as the one that is kept; the one with most members first.</summary>
    public static ImmutableArray<Side> Sides(EtcdLive live)
    {
        var given = live
            .Members.Where(member => ListOf(live, member) is not null)
            .GroupBy(member => EtcdLists.Key(ListOf(live, member)!), StringComparer.Ordinal);
        return [.. given.Select(followers => Keeping(live, [.. followers])).OrderByDescending(side => side.Followers.Length)];
    }

    /// <summary>
    /// The history of those that do not answer while others, which have forced themselves to be alone, do: nobody knows what it lists, and
    /// the others go.
    /// </summary>
    public static Side OfTheSilent(EtcdLive live)
    {
        var silent = live.Members.Where(MemberHealth.IsUnlisted).ToImmutableArray();
        var alone = live.Members.Where(member => ListOf(live, member) is not null);
        return new(silent, new([], [.. alone.Select(Volume)]));
    }

    /// <summary>What a person puts into the document to discard that history.</summary>
    public static string Digest(ClusterKey cluster, string incarnation, DiscardedHistory others) =>
        ApprovalDigest.Of(
            cluster,
            [incarnation, .. others.Members.Select(member => member.ClaimUid ?? "ephemeral")],
            others.Members.Select(member => new DataEffect(
                string.Create(CultureInfo.InvariantCulture, $"discard member {member.Index}"),
                $"kept: {string.Join(' ', others.Kept.Select(id => id.ToString("x", CultureInfo.InvariantCulture)))}",
                "what it has stored"
            )),
            used: 0
        );

    /// <summary>The history that is being discarded; null where none is, or where its approval is not in git any more.</summary>
    public static DiscardedHistory? InForce(EtcdDesired desired, EtcdRecord? record) =>
        record?.Discarded is { } discarded && desired.Approvals.Contains(Digest(desired.Cluster, record.Incarnation, discarded))
            ? discarded
            : null;

    public static bool IsDiscarded(EtcdDesired desired, EtcdRecord? record, MemberLive member) =>
        InForce(desired, record) is { } discarded && discarded.Members.Any(volume => volume.IsOf(member));

    /// <summary>What is seen without the word of those that are discarded: they count as silent, and what they list is not asked.</summary>
    public static EtcdLive Apply(EtcdDesired desired, EtcdLive live)
    {
        var discarded = live.Members.Where(member => IsDiscarded(desired, live.Record, member)).Select(member => member.Index).ToHashSet();
        if (discarded.Count == 0)
        {
            return live;
        }

        var given = live
            .Members.Where(member => !discarded.Contains(member.Index) && MemberHealth.Status(member) is { LinearizableRead: true })
            .OrderByDescending(member => MemberHealth.Status(member) is { } status && status.LeaderId == status.MemberId)
            .ThenBy(member => member.Index)
            .Select(member => (member.Index, ListOf(live, member)));
        var (list, others) = EtcdLists.Compare([.. given]);
        var silenced = live with
        {
            Members =
            [
                .. live.Members.Select(member =>
                    discarded.Contains(member.Index) ? member with { Endpoint = new EndpointLive.Unreachable(false) } : member
                ),
            ],
        };
        return EtcdLists.Believe(silenced, list) with { OtherLists = others };
    }

    private static Side Keeping(EtcdLive live, ImmutableArray<MemberLive> followers)
    {
        var list = ListOf(live, followers[0])!;
        var others = live.Members.Where(member =>
            MemberHealth.Status(member) is { MemberId: var id }
            && !followers.Contains(member)
            && (ListOf(live, member) is not null || list.Entries.All(entry => entry.Id != id))
        );
        return new(followers, new([.. list.Entries.Select(entry => entry.Id).Order()], [.. others.Select(Volume)]));
    }

    /// <summary>Whom a member lists; null where it serves no reads or did not say.</summary>
    private static MembershipLive? ListOf(EtcdLive live, MemberLive member) =>
        MemberHealth.Status(member) is not { LinearizableRead: true } ? null
        : live.OtherLists.FirstOrDefault(other => other.Index == member.Index) is { } other ? other.List
        : live.Membership;

    private static MemberVolume Volume(MemberLive member) => new(member.Index, member.Claim?.Uid);
}
