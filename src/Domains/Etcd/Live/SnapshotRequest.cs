using System.Text.RegularExpressions;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Specs;
using k8s.Models;

namespace GitOpsOperator.Domains.Etcd.Live;

/// <summary>
/// Somebody asks for a snapshot now: a ConfigMap of its own that names the file. It is an object in the cluster, since whoever asks need
/// not reach the operator, and the record is written by the operator alone.
/// </summary>
public static partial class SnapshotRequest
{
    private const string FileKey = "file";

    /// <param name="ownerLabel">As the record's own, so that the operator that has the cluster takes it for its own.</param>
    public static V1ConfigMap Render(ClusterKey cluster, string? ownerLabel, string file) =>
        new()
        {
            ApiVersion = "v1",
            Kind = "ConfigMap",
            Metadata = new V1ObjectMeta
            {
                Name = new EtcdNames(cluster).SnapshotRequest,
                NamespaceProperty = cluster.Namespace,
                Labels = new Dictionary<string, string> { [ObjectLabels.Cluster] = cluster.Name, [ObjectLabels.Owner] = ownerLabel ?? "" },
            },
            Data = new Dictionary<string, string> { [FileKey] = file },
        };

    /// <summary>The file's name; null where it is none that this operator would give: it becomes a part of a path.</summary>
    internal static string? Read(V1ConfigMap? request) =>
        request?.Data is { } data && data.TryGetValue(FileKey, out var file) && FileName().IsMatch(file) ? file : null;

    [GeneratedRegex(@"\A[a-z0-9](?:[-a-z0-9]{0,60})\.db\z", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();
}
