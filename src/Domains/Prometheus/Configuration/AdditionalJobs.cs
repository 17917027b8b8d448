namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>The jobs that <c>additionalScrapeConfigs</c> holds, in Prometheus' own words: taken as they are, but for sharding.</summary>
internal static class AdditionalJobs
{
    private const string Rules = "relabel_configs";

    public static IEnumerable<ConfigNode> Render(RenderingContext context)
    {
        context.Job = "additionalScrapeConfigs";
        foreach (var job in ConfigReader.ReadMappings(context, "additionalScrapeConfigs", context.Input.AdditionalScrapeConfigs))
        {
            yield return context.Shards == 1 ? job : Sharded(context, job);
        }
    }

    private static ConfigMapping Sharded(RenderingContext context, ConfigMapping job)
    {
        var rules = new ConfigSequence();
        var sharded = new ConfigMapping();
        foreach (var (key, value) in job)
        {
            if (key != Rules)
            {
                sharded.Add(key, value);
            }
            else if (value is ConfigSequence own)
            {
                rules.AddRange(own);
            }
            else
            {
                context.Refuse($"{Rules} is no list");
            }
        }

        rules.AddShardingIfMissing(context);
        sharded.Add(Rules, rules);
        return sharded;
    }
}
