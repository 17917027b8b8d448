using System.Globalization;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>
/// The configuration as the pods of one shard read it. Upstream has a sidecar replace placeholders in each pod; here the shard's number is
/// put in beforehand, and Prometheus itself puts the pod's name into its external labels
/// (<c>${POD_NAME}</c>; version 2 needs the feature <c>expand-external-labels</c>).
/// </summary>
public static class ShardConfiguration
{
    public static ConfigMapping Of(ConfigMapping configuration, int shard) => (ConfigMapping)Replace(configuration, shard);

    /// <summary>Prometheus 2 expands variables in external labels only with this feature; version 3 always does.</summary>
    public const string ExpandFeature = "expand-external-labels";

    /// <summary>The file that the shard's pods read.</summary>
    public static string TextOf(ConfigMapping configuration, int shard) => ConfigWriter.Write(Of(configuration, shard));

    private static ConfigNode Replace(ConfigNode node, int shard)
    {
        switch (node)
        {
            case ConfigMapping mapping:
                var replaced = new ConfigMapping();
                foreach (var (key, value) in mapping)
                {
                    replaced.Add(key, Replace(value, shard));
                }

                return replaced;
            case ConfigSequence sequence:
                return new ConfigSequence(sequence.Select(item => Replace(item, shard)));
            case ConfigScalar scalar when scalar.Text.Contains("$(", StringComparison.Ordinal):
                return new ConfigScalar(
                    scalar
                        .Text.Replace(Sharding.ShardPlaceholder, shard.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                        .Replace(GlobalSection.PodNamePlaceholder, "${POD_NAME}", StringComparison.Ordinal),
                    isText: true
                );
            default:
                return node;
        }
    }
}
