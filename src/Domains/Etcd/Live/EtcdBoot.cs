namespace GitOpsOperator.Domains.Etcd.Live;

/// <summary>What a member's boot ConfigMap says: environment variables that etcd reads at each start of the container.</summary>
public static class EtcdBoot
{
    public const string InitialClusterKey = "ETCD_INITIAL_CLUSTER";
    public const string StateKey = "ETCD_INITIAL_CLUSTER_STATE";
    public const string TokenKey = "ETCD_INITIAL_CLUSTER_TOKEN";

    /// <summary>The initial cluster that names the member alone.</summary>
    public static string Alone(EtcdNames names, int index) => $"{names.Member(index)}={names.PeerUrl(index)}";

    public static BootLive Read(EtcdNames names, int index, IDictionary<string, string>? data)
    {
        var initialCluster = Value(InitialClusterKey);
        return new(Value(StateKey) == "existing" && initialCluster == Alone(names, index), initialCluster)
        {
            Token = Value(TokenKey) is { Length: > 0 } token ? token : null,
        };

        string Value(string key) => data is not null && data.TryGetValue(key, out var value) ? value : "";
    }
}
