using System.Collections.Immutable;
using System.Globalization;

namespace GitOpsOperator.Domains.Etcd.Live;

/// <summary>
/// What members list, each asked by itself: whoever can read through quorum has a true list, but a member that somebody has forced to be
/// alone is a quorum, too.
/// </summary>
internal static class EtcdLists
{
    /// <param name="given">
    /// By members that serve linearizable reads, the first to be believed first; null where one did not give its list.
    /// </param>
    /// <returns>The first list that was given, and who has not given the same.</returns>
    public static (MembershipLive? List, ImmutableArray<OtherListLive> Others) Compare(
        IReadOnlyList<(int Index, MembershipLive? List)> given
    )
    {
        var list = given.Select(answer => answer.List).FirstOrDefault(some => some is not null);
        var others = given.Where(answer => !IsSame(answer.List, list)).OrderBy(answer => answer.Index);
        return (list, [.. others.Select(answer => new OtherListLive(answer.Index, answer.List))]);
    }

    /// <summary>The cluster with that list as the one that is true: its entries, each with the member at its address.</summary>
    public static EtcdLive Believe(EtcdLive live, MembershipLive? list)
    {
        var names = new EtcdNames(live.Cluster);
        var known = live.Members.Where(MemberHealth.HasObjects).Select(member => member.Index).ToHashSet();

        // At an address that this cluster has not given out yet, somebody else has added a member, as at any other.
        var entries = (list?.Entries ?? []).ToLookup(entry =>
            names.IndexOfPeerUrl(entry.PeerUrl) is { } index && (known.Contains(index) || index < (live.Record?.NextIndex ?? int.MaxValue))
                ? index
                : (int?)null
        );
        var indexes = known.Union(entries.Select(group => group.Key).OfType<int>()).Order();
        return live with
        {
            Membership = list,
            Members =
            [
                .. indexes.Select(index =>
                    (live.Members.FirstOrDefault(member => member.Index == index) ?? new MemberLive(index)) with
                    {
                        Entry = entries[index].FirstOrDefault(),
                    }
                ),
            ],
            UnknownEntries = [.. entries[null]],
        };
    }

    /// <summary>Equal for lists that say the same.</summary>
    public static string Key(MembershipLive list)
    {
        var ids = list.Entries.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Id:x}{(entry.IsLearner ? "L" : "")}"));
        return string.Create(CultureInfo.InvariantCulture, $"{list.ClusterId:x}: ") + string.Join(' ', ids.Order(StringComparer.Ordinal));
    }

    /// <summary>That a member has started since, which gives it a name, makes no other list.</summary>
    private static bool IsSame(MembershipLive? one, MembershipLive? other) =>
        one is not null && other is not null && Key(one) == Key(other);
}
