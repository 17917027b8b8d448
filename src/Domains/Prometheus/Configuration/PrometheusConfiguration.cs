using GitOpsOperator.Domains.Prometheus.Spec;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>
/// Renders <c>prometheus.yml</c> as prometheus-operator does, so that whoever comes from there keeps jobs, targets and series: the rules
/// are those of its version 0.87 (https://github.com/prometheus-operator/prometheus-operator), with fields of later versions added. Pure:
/// the same input gives the same text.
/// </summary>
public static class PrometheusConfiguration
{
    /// <summary>
    /// With upstream's placeholders for what differs between pods: <c>$(SHARD)</c> and <c>$(POD_NAME)</c>.
    /// <see cref="ShardConfiguration"/> makes of it what a shard's Prometheus reads.
    /// </summary>
    public static RenderingResult Render(RenderingInput input)
    {
        var context = new RenderingContext(input);
        Check(context);
        var configuration = new ConfigMapping { { "global", GlobalSection.Render(context) } };
        GlobalSection.AddRuntime(configuration, context);
        GlobalSection.AddRuleFiles(configuration, context);
        configuration.Add("scrape_configs", Jobs(context));
        StorageSection.AddTo(configuration, context);
        AlertingSection.AddTo(configuration, context);
        RemoteWriteSection.AddTo(configuration, context);
        RemoteReadSection.AddTo(configuration, context);
        OtlpSection.AddTo(configuration, context);
        TracingSection.AddTo(configuration, context);
        return new(context.IsRefused ? null : configuration, context.Notes) { Uses = context.Uses };
    }

    private static ConfigSequence Jobs(RenderingContext context)
    {
        var input = context.Input;
        var jobs = new ConfigSequence();
        jobs.AddRange(input.ServiceMonitors.Values.SelectMany(monitor => ServiceMonitorJob.Render(context, monitor)));
        jobs.AddRange(input.PodMonitors.Values.SelectMany(monitor => PodMonitorJob.Render(context, monitor)));
        jobs.AddRange(input.Probes.Values.Select(probe => ProbeJob.Render(context, probe)));
        jobs.AddRange(input.ScrapeConfigs.Values.Select(scrapeConfig => ScrapeConfigJob.Render(context, scrapeConfig)));
        jobs.AddRange(AdditionalJobs.Render(context));
        return jobs;
    }

    private static void Check(RenderingContext context)
    {
        var spec = context.Spec;
        context.Job = "global";
        if (context.Version.Major is not (2 or 3))
        {
            context.Refuse($"Prometheus {context.Version} is not supported; give a version 2 or 3");
        }

        ScrapeClasses.Check(context);
        if (spec["scrapeTimeout"].NonEmptyText is not { } timeout)
        {
            return;
        }

        var interval = spec["scrapeInterval"].Text;
        if (!PrometheusDuration.TryParse(timeout, out var timeoutSpan))
        {
            context.Refuse($"scrapeTimeout {timeout} is no duration, such as 30s or 1m30s");
        }
        else if (!PrometheusDuration.TryParse(interval, out var intervalSpan))
        {
            context.Refuse($"scrapeInterval {interval} is no duration, such as 30s or 1m30s");
        }
        else if (timeoutSpan > intervalSpan)
        {
            context.Refuse($"scrapeTimeout {timeout} is longer than scrapeInterval {interval}");
        }
    }
}
