using System.Collections.Immutable;

namespace GitOpsOperator.Domains.Etcd.Live;

/// <summary>
/// What members list, each asked by itself: whoever can read through quorum has a true list, but a member that somebody has forced to be
/// alone is a quorum, too.
/// </summary>
internal static class EtcdLists
{
    /// <param name="told">
    /// By members that serve linearizable reads, the first to be believed first; null where one did not give its list.
    /// </param>
    /// <returns>The first list that was given, and who has not given the same.</returns>
    public static (MembershipLive? List, ImmutableArray<OtherListLive> Others) Compare(
        IReadOnlyList<(int Index, MembershipLive? List)> told
    )
    {
        var list = told.Select(answer => answer.List).FirstOrDefault(given => given is not null);
        var others = told.Where(answer => !IsSame(answer.List, list)).OrderBy(answer => answer.Index);
        return (list, [.. others.Select(answer => new OtherListLive(answer.Index, answer.List))]);
    }

    /// <summary>That a member has started since, which gives it a name, makes no other list.</summary>
    private static bool IsSame(MembershipLive? one, MembershipLive? other) =>
        one is not null && other is not null && one.ClusterId == other.ClusterId && Ids(one).SetEquals(Ids(other));

    private static HashSet<(ulong Id, bool IsLearner)> Ids(MembershipLive list) =>
        [.. list.Entries.Select(entry => (entry.Id, entry.IsLearner))];
}
