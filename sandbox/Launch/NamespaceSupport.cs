using GitOpsOperator.Sandbox.Node;

namespace GitOpsOperator.Sandbox.Launch;

/// <summary>Whether this machine lets the sandbox make its namespaces, which needs no root but may be forbidden.</summary>
internal static class NamespaceSupport
{
    public static readonly IReadOnlyList<string> Unshare =
    [
        "--user",
        "--map-root-user",
        "--net",
        "--mount",
        "--pid",
        "--fork",
        "--kill-child",
        "--mount-proc",
    ];

    /// <summary>Null when it works, otherwise what to tell the user.</summary>
    public static async Task<string?> ProblemAsync(CancellationToken cancellationToken)
    {
        string reason;
        try
        {
            // As the sandbox does it, up to a mount and a network device: some machines allow the first step only.
            var (exitCode, _, error) = await HostProgram.TryAsync(
                "unshare",
                [.. Unshare, "sh", "-c", "mount -t tmpfs tmpfs /run && PATH=$PATH:/usr/sbin:/sbin ip link add sandbox0 type bridge"],
                cancellationToken
            );
            if (exitCode == 0)
            {
                return null;
            }

            reason = error.Trim();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            reason = e.Message;
        }

        return $"""
            The sandbox cannot make its namespaces on this machine: {reason}
            Ways out:
              - allow unprivileged user namespaces: sysctl kernel.unprivileged_userns_clone=1 (Debian) or
                kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu), and user.max_user_namespaces above 0;
              - in a container: start it with --privileged, or with a seccomp profile that allows unshare and mount;
              - run as root;
              - or use a real cluster: the operator needs no sandbox.
            """;
    }
}
