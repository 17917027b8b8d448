using System.Globalization;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Domains.Etcd.Live;

/// <summary>Every name of an etcd cluster's objects and addresses, derived from the cluster's own name and a member's index.</summary>
public readonly record struct EtcdNames(ClusterKey Cluster)
{
    /// <summary>
    /// Value of the role label on a pod and its template that clients may be sent to; learners and members about to leave have none.
    /// </summary>
    public const string VoterRole = "voter";

    public const int PeerPort = 2380;
    public const int ClientPort = 2379;
    public const int MetricsPort = 2381;

    /// <summary>Headless Service of all members, ready or not.</summary>
    public string PeerService => $"{Cluster.Name}-peers";

    /// <summary>Service of the voters, for clients.</summary>
    public string ClientService => $"{Cluster.Name}-client";

    public string DisruptionBudget => $"{Cluster.Name}-voters";

    /// <summary>ConfigMap that holds <see cref="EtcdRecord"/>.</summary>
    public string Record => $"{Cluster.Name}-record";

    /// <summary>The pod that takes a snapshot and verifies it.</summary>
    public string SnapshotPod => $"{Cluster.Name}-snapshot";

    /// <summary>ConfigMap by which somebody asks for a snapshot.</summary>
    public string SnapshotRequest => $"{Cluster.Name}-snapshot-request";

    /// <summary>Claim on which snapshots are kept. No rule deletes it.</summary>
    public string SnapshotClaim => $"{Cluster.Name}-snapshots";

    /// <summary>Member name in etcd, and name of its StatefulSet.</summary>
    public string Member(int index) => string.Create(CultureInfo.InvariantCulture, $"{Cluster.Name}-{index}");

    public string Pod(int index) => $"{Member(index)}-0";

    /// <summary>As the StatefulSet controller names the claim of template <c>data</c>.</summary>
    public string Claim(int index) => $"data-{Member(index)}-0";

    /// <summary>ConfigMap with the member's ETCD_INITIAL_CLUSTER, …_STATE and …_TOKEN.</summary>
    public string Boot(int index) => $"{Member(index)}-boot";

    public string PodHost(int index) => $"{Pod(index)}.{PeerService}.{Cluster.Namespace}.svc";

    public string PeerUrl(int index) => string.Create(CultureInfo.InvariantCulture, $"http://{PodHost(index)}:{PeerPort}");

    public string ClientUrl(int index) => string.Create(CultureInfo.InvariantCulture, $"http://{PodHost(index)}:{ClientPort}");

    /// <summary>The index in one of our peer URLs; null for a URL that this cluster never gave out.</summary>
    public int? IndexOfPeerUrl(string peerUrl)
    {
        var prefix = $"http://{Cluster.Name}-";
        if (!peerUrl.StartsWith(prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var rest = peerUrl.AsSpan(prefix.Length);
        var end = rest.IndexOf('-');
        return
            end > 0
            && int.TryParse(rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && PeerUrl(index) == peerUrl
            ? index
            : null;
    }
}
