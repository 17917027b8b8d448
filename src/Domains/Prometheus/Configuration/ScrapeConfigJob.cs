using GitOpsOperator.Domains.Prometheus.Configuration.Discovery;
using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>A ScrapeConfig's job: targets from any of the service discoveries that Prometheus knows.</summary>
internal static class ScrapeConfigJob
{
    public static ConfigMapping Render(RenderingContext context, MonitorObject scrapeConfig)
    {
        var (spec, space) = (scrapeConfig.Spec, scrapeConfig.Namespace);
        var scrapeClass = ScrapeClasses.Of(context, spec);
        context.Job = $"scrapeConfig/{space}/{scrapeConfig.Name}";
        var job = new ConfigMapping { { "job_name", context.Job } };
        AddRequest(job, context, spec);
        job.AddProtocols(context, spec, scrapeClass);
        job.CopyLower("scheme", spec["scheme"]);
        job.AddProxy(context, space, spec);
        job.AddBasicAuth(context, space, spec["basicAuth"]);
        job.AddJobAuthorization(context, space, spec["authorization"], scrapeClass);
        job.AddOAuth2(context, space, spec["oauth2"]);
        TlsSettings.OfJobUnlessBlank(spec["tlsConfig"], scrapeClass).AddTo(job, context, space);
        job.AddLimits(context, spec);
        job.AddNativeHistograms(context, spec);
        job.AddBodySizeLimit(context, spec["bodySizeLimit"]);
        foreach (var discovery in ServiceDiscovery.All)
        {
            discovery.AddTo(job, context, scrapeConfig);
        }

        job.Add("relabel_configs", Rules(context, scrapeConfig, scrapeClass));
        job.AddMetricRelabeling(context, scrapeConfig, MonitorKind.ScrapeConfig, spec["metricRelabelings"], scrapeClass);
        job.AddNameSchemes(context, spec);
        return job;
    }

    private static void AddRequest(ConfigMapping job, RenderingContext context, SpecNode spec)
    {
        if (spec["honorTimestamps"].Boolean is { } honorTimestamps)
        {
            job.AddHonorTimestamps(context, honorTimestamps);
        }

        job.Copy(context, VersionGates.TrackTimestampsStaleness, spec["trackTimestampsStaleness"]);
        if (spec["honorLabels"].Exists)
        {
            job.AddHonorLabels(context, spec["honorLabels"]);
        }

        job.Copy("metrics_path", spec["metricsPath"]);
        job.CopyNonEmpty("params", spec["params"]);
        job.Copy(context, VersionGates.EnableCompression, spec["enableCompression"]);
        job.Copy(context, VersionGates.EnableHttp2, spec["enableHTTP2"]);
        job.Copy("scrape_interval", spec["scrapeInterval"]);
        job.Copy("scrape_timeout", spec["scrapeTimeout"]);
    }

    private static ConfigSequence Rules(RenderingContext context, MonitorObject scrapeConfig, SpecNode scrapeClass)
    {
        var spec = scrapeConfig.Spec;
        var rules = new ConfigSequence { Relabeling.RememberJobName };
        rules.AddRange(Relabeling.OfDocument(scrapeClass["relabelings"]));
        if (spec["jobName"].Text is { } name)
        {
            rules.Add(
                new ConfigMapping
                {
                    { "target_label", "job" },
                    { "action", "replace" },
                    { "replacement", name },
                }
            );
        }

        // Upstream forces the namespace only upon a ScrapeConfig that has rules of its own.
        if (spec["relabelings"].Count > 0)
        {
            rules.AddRange(
                Relabeling.WithEnforcedNamespace(
                    context,
                    scrapeConfig,
                    MonitorKind.ScrapeConfig,
                    Relabeling.OfDocument(spec["relabelings"])
                )
            );
        }

        if (context.Shards != 1)
        {
            rules.AddShardingIfMissing(context);
        }

        return rules;
    }
}
