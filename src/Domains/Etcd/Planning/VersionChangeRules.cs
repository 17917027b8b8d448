using System.Collections.Immutable;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Reconcile.Deciding;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Etcd.Steps.EtcdStep>;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>What of a commit is not done, by a rule, and whether enough is known to judge it.</summary>
internal static class VersionChangeRules
{
    /// <summary>What git asks for and is not done, by a rule. Nothing of such a document is applied.</summary>
    public static Refused? ChangeRefused(EtcdPlanningContext s)
    {
        var (was, desired) = (s.Accepted.Spec, s.Desired.Spec);
        return was.Storage != desired.Storage
                ? new(
                    "storage-change",
                    $"spec.storage {Storage(was.Storage)} -> {Storage(desired.Storage)} would need other volumes for every member; "
                        + "nothing of this commit is applied",
                    "Put spec.storage back; a new cluster with the other storage can be made beside this one"
                )
            : FlagRemoved(desired) is { } flag ? flag
            : was.Version != desired.Version && VersionRefusal(s, desired.Version) is { } refusal
                ? new(refusal with { Reason = $"{refusal.Reason}; nothing of this commit is applied" })
            : null;
    }

    private static Refused? FlagRemoved(EtcdSpec desired) =>
        desired
            .Options.ExtraFlags.Keys.Select(flag => (Flag: flag, Release: EtcdReleases.RemovalOf($"--{flag}", desired.Version)))
            .FirstOrDefault(found => found.Release is not null)
            is { Flag: var removed, Release: { } release }
            ? new(
                "flag-removed",
                $"etcd {release.Major}.{release.Minor} has no flag --{removed} any more ({release.Source}), and {desired.Version} "
                    + "would not start with it; nothing of this commit is applied",
                $"Remove options.extraFlags.{removed}, or give the flag that has taken its place"
            )
            : null;

    /// <summary>
    /// Judged again before every restart: a member that was half way when git changed its mind may have come back with what nobody
    /// reckoned with any more.
    /// </summary>
    public static Blocked? VersionOutOfReach(EtcdPlanningContext s) =>
        s.Voters.Any(s.IsOutdated) && VersionRefusal(s, s.Accepted.Spec.Version) is { } refusal ? new(refusal) : null;

    /// <summary>All members answer, so waiting would not help: one runs what is no release.</summary>
    public static Blocked? VersionUnsaid(EtcdPlanningContext s) =>
        WithoutVersion(s) is not { Length: > 0 } silent
            ? null
            : new(
                "version-unsaid",
                $"spec.version {s.Accepted.Spec.Version} -> {s.Desired.Spec.Version} is checked against what every member runs, and "
                    + $"{s.NamesOf(silent)} does not say a release of etcd",
                "Have those members run a release of etcd, or put spec.version back"
            );

    /// <summary>
    /// The members of which it is not known what they run: until it is, no other version is accepted, since the one that does not answer
    /// may be the oldest, and it is the oldest that decides.
    /// </summary>
    public static MemberLive[] WithoutVersion(EtcdPlanningContext s) =>
        s.Accepted.Spec.Version == s.Desired.Spec.Version ? [] : [.. Listed(s).Where(m => VersionOfData(s, m) is null)];

    /// <summary>The voters; where the list cannot be read, every member that has objects.</summary>
    private static ImmutableArray<MemberLive> Listed(EtcdPlanningContext s) => s.Live.Membership is null ? s.Live.Members : s.Voters;

    public static Blocker? VersionRefusal(EtcdPlanningContext s, EtcdVersion desired)
    {
        EtcdVersion[] known = [.. Listed(s).Select(m => VersionOfData(s, m)).OfType<EtcdVersion>()];
        return known.Length == 0 ? null : EtcdVersionRules.Check(known, desired);
    }

    /// <summary>What the member runs; for one that we have restarted and that has not come back, what it ran before.</summary>
    private static EtcdVersion? VersionOfData(EtcdPlanningContext s, MemberLive member) =>
        MemberHealth.VersionOf(member)
        ?? (s.Intent is EtcdIntent.Update { Index: var index, From: var from } && index == member.Index ? from : null);

    private static string Storage(EtcdStorage storage) =>
        storage switch
        {
            EtcdStorage.Persistent { StorageClassName: { } name } persistent => $"{persistent.Size} of class {name}",
            EtcdStorage.Persistent persistent => $"{persistent.Size}",
            _ => "ephemeral",
        };
}
