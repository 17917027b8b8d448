using GitOpsOperator.Sandbox.Dns;

namespace GitOpsOperator.Sandbox.Node;

/// <summary>/etc/resolv.conf as a kubelet writes it for policy ClusterFirst.</summary>
internal static class ResolvConf
{
    public static string For(NodeOptions options, string @namespace) =>
        $"""
            nameserver {options.Address}
            search {@namespace}.svc.{ServiceRecords.ClusterDomain} svc.{ServiceRecords.ClusterDomain} {ServiceRecords.ClusterDomain}
            options ndots:5

            """;
}
