using GitOpsOperator.Operator.State;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.Outputs.Page;

/// <summary>Paths of the pages.</summary>
internal static class PageLinks
{
    public const string Overview = "/";
    public const string Style = "/page.css";

    public static string Of(ClusterKey cluster) =>
        $"/clusters/{Uri.EscapeDataString(cluster.Domain)}/{Uri.EscapeDataString(cluster.Namespace)}/{Uri.EscapeDataString(cluster.Name)}";

    public static string Of(OpenPull pull) => $"/pulls/{Uri.EscapeDataString(pull.Repository)}/{pull.Number}";
}
