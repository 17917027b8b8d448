using System.Collections.Immutable;
using GitOpsOperator.Domains.Etcd.Spec;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>What one minor release of etcd asks of those who come to it, as its own guides say.</summary>
/// <param name="Floor">The lowest patch of the minor before from which its members may be replaced one by one.</param>
/// <param name="Caveat">A condition that cannot be seen from outside; printed with the plan.</param>
/// <param name="RemovedFlags">
/// Flags that no longer exist; one that ends in <c>*</c> stands for all that begin so. etcd does not start with them.
/// </param>
/// <param name="Source">Where that is written.</param>
public sealed record EtcdRelease(
    int Major,
    int Minor,
    EtcdVersion Floor,
    string? Caveat,
    ImmutableArray<string> RemovedFlags,
    string Source
);

/// <summary>
/// The minor releases whose rules are known. Members are replaced one by one only between neighbours: etcd promises that a mixed cluster
/// works across one minor and no further, and going back ends when every member is new, since the cluster's version then rises.
/// </summary>
public static class EtcdReleases
{
    public static readonly ImmutableArray<EtcdRelease> Known =
    [
        new(3, 4, new(3, 3, 0), null, [], "https://etcd.io/docs/v3.4/upgrades/upgrade_3_4/"),
        new(
            3,
            5,
            new(3, 4, 0),
            "authentication is not enabled: etcd's records of it differ between 3.4 and 3.5, and members cannot be replaced one by "
                + "one with it",
            ["--log-output", "--debug", "--log-package-levels"],
            "https://etcd.io/docs/v3.5/upgrades/upgrade_3_5/"
        ),
        // 3.5.26 was the first to keep "zombie members" out of 3.6 (etcd.io/blog/2025/zombie_members_upgrade); the guide asks for more
        // since.
        new(
            3,
            6,
            new(3, 5, 32),
            "the v2 store was never used: 3.6 does not start on what it left behind (etcdutl check v2store tells)",
            ["--enable-v2", "--experimental-enable-v2v3", "--proxy*"],
            "https://etcd.io/docs/v3.6/upgrades/upgrade_3_6/"
        ),
        new(3, 7, new(3, 6, 11), null, ["--experimental-*"], "https://etcd.io/docs/v3.7/upgrades/upgrade_3_7/"),
    ];

    /// <summary>Releases that their makers warn against, lowest and highest, with the reason.</summary>
    public static readonly ImmutableArray<(EtcdVersion First, EtcdVersion Last, string Reason)> Withdrawn =
    [
        (
            new(3, 5, 0),
            new(3, 5, 2),
            "its members' data may come to differ after a crash (https://etcd.io/docs/v3.5/op-guide/data_corruption/)"
        ),
    ];

    public static EtcdRelease? Of(EtcdVersion version) =>
        Known.FirstOrDefault(release => (release.Major, release.Minor) == (version.Major, version.Minor));

    /// <summary>The release in which a flag that this version no longer has was removed; null where it has it.</summary>
    public static EtcdRelease? RemovalOf(string flag, EtcdVersion version) =>
        Known
            .Where(release => (release.Major, release.Minor).CompareTo((version.Major, version.Minor)) <= 0)
            .FirstOrDefault(release =>
                release.RemovedFlags.Any(removed =>
                    removed.EndsWith('*') ? flag.StartsWith(removed[..^1], StringComparison.Ordinal) : flag == removed
                )
            );
}
