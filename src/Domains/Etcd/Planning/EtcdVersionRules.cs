using System.Collections.Immutable;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Reconcile.Deciding;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>Whether the members of a running cluster may be replaced one by one by another version.</summary>
public static class EtcdVersionRules
{
    /// <param name="running">Versions that the members answer with; more than one while a change is under way. Must not be empty.</param>
    /// <returns>Null where it may be done.</returns>
    public static Blocker? Check(IReadOnlyCollection<EtcdVersion> running, EtcdVersion desired)
    {
        // The cluster's own version is the minor of its oldest member, and it is that which decides what may join and what may go back.
        var lowest = running.Min();
        return EtcdReleases.Of(desired) is not { } release || EtcdReleases.Of(lowest) is null ? Unknown(running, desired)
            : desired.Major != lowest.Major || desired.Minor < lowest.Minor || desired.Minor < running.Max().Minor - 1
                ? Downgrade(lowest, desired)
            : desired.Minor > lowest.Minor + 1 ? Jump(lowest, desired)
            : Withdrawn(desired) is { } reason
                ? new(
                    "version-withdrawn",
                    $"etcd {desired} is not to be used: {reason}",
                    $"Give a later release of {desired.Major}.{desired.Minor}"
                )
            : desired.Minor == lowest.Minor + 1 && running.Where(version => version < release.Floor).ToArray() is { Length: > 0 } behind
                ? new(
                    "version-floor",
                    $"every member has to run {release.Floor} or later before one may run {Minor(desired)} ({release.Source}), and "
                        + $"{behind.Min()} is running",
                    $"Go this way, a commit for each: {string.Join(" -> ", Hops(lowest, desired))}"
                )
            : null;
    }

    /// <summary>
    /// Whether going back to <paramref name="from"/> ends when the last of its members is replaced by <paramref name="to"/>.
    /// </summary>
    public static bool RaisesClusterVersion(EtcdVersion from, EtcdVersion to) =>
        (from.Major, from.Minor).CompareTo((to.Major, to.Minor)) < 0;

    /// <summary>The versions to go through, the first being what runs. A hop that is not the last may be any later patch.</summary>
    internal static ImmutableArray<string> Hops(EtcdVersion from, EtcdVersion to)
    {
        var hops = ImmutableArray.CreateBuilder<string>();
        hops.Add(from.ToString());
        var at = from;
        foreach (var release in EtcdReleases.Known.Where(r => r.Major == from.Major && r.Minor > from.Minor && r.Minor <= to.Minor))
        {
            if (at < release.Floor)
            {
                at = release.Floor;
                hops.Add($"{at} or later");
            }

            // A stop on the way is chosen so that the next minor can be reached from it.
            var next = EtcdReleases.Known.FirstOrDefault(r => r.Major == release.Major && r.Minor == release.Minor + 1);
            at = release.Minor == to.Minor ? to : next?.Floor ?? new(release.Major, release.Minor, 0);
            hops.Add(release.Minor == to.Minor ? to.ToString() : $"{at} or later");
        }

        return hops.ToImmutable();
    }

    private static Blocker Unknown(IReadOnlyCollection<EtcdVersion> running, EtcdVersion desired) =>
        new(
            "version-unknown",
            $"the way from {string.Join(", ", running.Distinct().Order())} to {desired} is not known; the rules of "
                + $"{string.Join(", ", EtcdReleases.Known.Select(r => $"{r.Major}.{r.Minor}"))} are",
            "Give a version of one of those, or use a release of this operator that knows it"
        );

    private static Blocker Downgrade(EtcdVersion lowest, EtcdVersion desired) =>
        new(
            "version-downgrade",
            $"every member that answers runs {Minor(lowest)} or later, so the cluster's version has risen to {Minor(lowest)}, and "
                + $"{desired} would not start on its data",
            $"Put {lowest} back; the way to {Minor(desired)} is a snapshot made before, restored into a new cluster"
        );

    private static Blocker Jump(EtcdVersion lowest, EtcdVersion desired) =>
        new(
            "version-jump",
            $"{lowest} -> {desired} leaves out {Skipped(lowest, desired)}, and etcd's members work together across one minor only",
            $"Go this way, a commit for each: {string.Join(" -> ", Hops(lowest, desired))}"
        );

    private static string Skipped(EtcdVersion lowest, EtcdVersion desired) =>
        string.Join(
            " and ",
            Enumerable.Range(lowest.Minor + 1, desired.Minor - lowest.Minor - 1).Select(minor => $"{lowest.Major}.{minor}")
        );

    private static string? Withdrawn(EtcdVersion version) =>
        EtcdReleases.Withdrawn.Where(w => w.First <= version && version <= w.Last).Select(w => w.Reason).FirstOrDefault();

    private static string Minor(EtcdVersion version) => $"{version.Major}.{version.Minor}";
}
