namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>
/// Rules by which each target is scraped by one shard: the one whose number is the hash of its address modulo the count of shards. A job
/// may set <c>__tmp_hash</c> to hash something else, or <c>__tmp_disable_sharding</c> to be scraped by all.
/// </summary>
internal static class Sharding
{
    public const string ShardPlaceholder = "$(SHARD)";
    private const string Hash = "__tmp_hash";
    private const string EveryShard = "__tmp_disable_sharding";
    private const string CurrentShard = "__tmp_current_shard";

    /// <param name="hashed">The label that the hash is of.</param>
    public static void AddSharding(this ConfigSequence rules, RenderingContext context, string hashed = "__address__")
    {
        if (context.Input.Options.OnlyActiveShardsScrape)
        {
            rules.Add(
                new ConfigMapping
                {
                    { "target_label", CurrentShard },
                    { "replacement", ShardPlaceholder },
                    { "action", "replace" },
                }
            );
            rules.Add(
                new ConfigMapping
                {
                    { "source_labels", Relabeling.Labels(CurrentShard) },
                    { "regex", string.Join('|', Enumerable.Range(0, (int)context.Shards)) },
                    { "action", "keep" },
                }
            );
        }

        rules.Add(
            new ConfigMapping
            {
                { "source_labels", Relabeling.Labels(hashed, Hash) },
                { "target_label", Hash },
                { "regex", "(.+);" },
                { "replacement", "$1" },
                { "action", "replace" },
            }
        );
        rules.Add(
            new ConfigMapping
            {
                { "source_labels", Relabeling.Labels(Hash) },
                { "target_label", Hash },
                { "modulus", context.Shards },
                { "action", "hashmod" },
            }
        );
        rules.Add(
            new ConfigMapping
            {
                { "source_labels", Relabeling.Labels(Hash, EveryShard) },
                { "regex", $"{ShardPlaceholder};|.+;.+" },
                { "action", "keep" },
            }
        );
    }

    /// <summary>Unless a rule of the author's hashes already: then the author shards.</summary>
    public static void AddShardingIfMissing(this ConfigSequence rules, RenderingContext context)
    {
        if (!rules.OfType<ConfigMapping>().Any(rule => rule["action"] is ConfigScalar { Text: "hashmod" }))
        {
            rules.AddSharding(context);
        }
    }
}
