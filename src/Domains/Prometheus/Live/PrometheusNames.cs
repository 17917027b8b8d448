using System.Globalization;
using GitOpsOperator.Specs;
using k8s.Models;

namespace GitOpsOperator.Domains.Prometheus.Live;

/// <summary>
/// Names of a Prometheus' objects: those that prometheus-operator gives, so that volumes and series stay with whoever comes from there.
/// </summary>
public readonly record struct PrometheusNames(ClusterKey Cluster)
{
    /// <summary>Shared by every Prometheus of a namespace.</summary>
    public const string GoverningService = "prometheus-operated";

    /// <summary>Key of the configuration's Secret, and the file's name.</summary>
    public const string ConfigurationKey = "prometheus.yaml";

    public const int WebPort = 9090;

    private string Base => $"prometheus-{Cluster.Name}";

    /// <summary>StatefulSet of a shard; the first one has no number.</summary>
    public string Shard(int index) => index == 0 ? Base : string.Create(CultureInfo.InvariantCulture, $"{Base}-shard-{index}");

    public string Pod(int shard, int ordinal) => string.Create(CultureInfo.InvariantCulture, $"{Shard(shard)}-{ordinal}");

    /// <summary>Secret with the configuration of a shard.</summary>
    public string Configuration(int shard) => Shard(shard);

    /// <summary>Secret with the configuration that was last seen at work.</summary>
    public string Confirmed => $"{Base}-confirmed";

    /// <summary>ConfigMap with rule files.</summary>
    public string Rules(int index) => string.Create(CultureInfo.InvariantCulture, $"{Base}-rulefiles-{index}");

    public string ClaimTemplate => $"{Base}-db";

    /// <summary>Whether an object's name can be that of a replica's claim: the claim template's, whoever gave it, and the pod's.</summary>
    public static bool MayBeClaim(V1ObjectMeta claim) =>
        claim.Name.Contains("-prometheus-", StringComparison.Ordinal)
        && claim.Name.LastIndexOf('-') is var end and >= 0
        && int.TryParse(claim.Name.AsSpan(end + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _);

    /// <summary>The shard that a StatefulSet's name stands for; null where it is not one of ours.</summary>
    public int? ShardOf(string name)
    {
        if (name == Base)
        {
            return 0;
        }

        var start = $"{Base}-shard-";
        return
            name.StartsWith(start, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(start.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && index > 0
            && name == Shard(index)
            ? index
            : null;
    }
}
