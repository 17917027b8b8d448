using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>
/// <c>storage</c>. Retention stands here from the release on that reads it here; before that it is a flag of the process.
/// </summary>
internal static class StorageSection
{
    private const string DefaultRetention = "24h";

    public static void AddTo(ConfigMapping configuration, RenderingContext context)
    {
        context.Job = "storage";
        var spec = context.Spec;
        var storage = new ConfigMapping();
        if (spec["exemplars"]["maxSize"] is { Exists: true } exemplars && context.Admits(VersionGates.Storage.Exemplars))
        {
            storage.Add("exemplars", new ConfigMapping { { "max_exemplars", ConfigAdditions.Of(exemplars) } });
        }

        var tsdb = Tsdb(context, spec["tsdb"]);
        if (VersionGates.Storage.Retention.Admits(context.Version))
        {
            tsdb.Add("retention", Retention(spec));
        }

        if (tsdb.Count > 0)
        {
            storage.Add("tsdb", tsdb);
        }

        if (storage.Count > 0 && context.Admits(VersionGates.Storage.Section))
        {
            configuration.Add("storage", storage);
        }
    }

    private static ConfigMapping Tsdb(RenderingContext context, SpecNode settings)
    {
        var tsdb = new ConfigMapping();
        tsdb.Copy(context, VersionGates.Storage.OutOfOrderTimeWindow, settings["outOfOrderTimeWindow"]);
        if (
            settings["staleSeriesCompactionThreshold"].Quantity is { } threshold
            && context.Admits(VersionGates.Storage.StaleSeriesCompaction)
        )
        {
            tsdb.Add(VersionGates.Storage.StaleSeriesCompaction.Name, threshold);
        }

        if (settings["chunkEncoding"]["floats"].Text is { } floats)
        {
            if (floats == "Xor" && context.Spec["enableFeatures"].Texts.Contains("st-storage"))
            {
                context.Refuse("chunk encoding Xor keeps no start timestamps, which the feature st-storage needs; remove one of the two");
            }

            if (context.Admits(VersionGates.Storage.ChunkEncoding))
            {
                tsdb.Add(VersionGates.Storage.ChunkEncoding.Name, new ConfigMapping { { "floats", ConfigAdditions.Lower(floats) } });
            }
        }

        return tsdb;
    }

    private static ConfigMapping Retention(SpecNode spec)
    {
        var (time, size) = (spec["retention"].NonEmptyText, spec["retentionSize"].NonEmptyText);
        var retention = new ConfigMapping();
        if ((time ?? (size is null ? DefaultRetention : null)) is { } duration)
        {
            retention.Add("time", duration);
        }

        if (size is not null)
        {
            retention.Add("size", size);
        }

        return retention;
    }
}
