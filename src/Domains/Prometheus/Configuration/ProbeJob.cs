using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>A Probe's job: the prober is scraped, and told the target as a parameter.</summary>
internal static class ProbeJob
{
    private const string Target = "__param_target";

    public static ConfigMapping Render(RenderingContext context, MonitorObject probe)
    {
        var (spec, space) = (probe.Spec, probe.Namespace);
        var (prober, scrapeClass) = (spec["prober"], ScrapeClasses.Of(context, spec));
        context.Job = $"probe/{space}/{probe.Name}";
        var job = new ConfigMapping { { "job_name", context.Job } };
        job.AddHonorTimestamps(context, honorTimestamps: true);
        job.Add("metrics_path", prober["path"].Text ?? "");
        job.CopyNonEmpty("scrape_interval", spec["interval"]);
        job.CopyNonEmpty("scrape_timeout", spec["scrapeTimeout"]);
        job.CopyLower("scheme", prober["scheme"]);
        AddParameters(job, spec);
        job.AddLimits(context, spec);
        job.AddNativeHistograms(context, spec);
        job.AddProtocols(context, spec, scrapeClass);
        job.AddBodySizeLimit(context, default);
        job.AddProxy(context, space, prober);
        job.Copy(context, VersionGates.FollowRedirects, spec["followRedirects"]);
        job.Copy(context, VersionGates.EnableHttp2, spec["enableHttp2"]);
        var rules = new ConfigSequence { Relabeling.RememberJobName };
        if (spec["jobName"].NonEmptyText is { } name)
        {
            rules.Add(Relabeling.Constant("job", name));
        }

        // A Probe with both has its static targets probed.
        if (spec["targets"]["staticConfig"] is { Exists: true } targets)
        {
            AddStaticTargets(job, rules, context, probe, targets, scrapeClass);
        }
        else if (spec["targets"]["ingress"] is { Exists: true } ingress)
        {
            AddIngresses(job, rules, context, probe, ingress, scrapeClass);
        }

        rules.AddSharding(context, Target);
        job.Add("relabel_configs", rules);
        TlsSettings.OfJobUnlessBlank(spec["tlsConfig"], scrapeClass).AddTo(job, context, space);
        job.AddBearerToken(context, space, spec["bearerTokenSecret"]);
        job.AddBasicAuth(context, space, spec["basicAuth"]);
        job.AddOAuth2(context, space, spec["oauth2"]);
        job.AddJobAuthorization(context, space, spec["authorization"], scrapeClass);
        job.AddMetricRelabeling(context, probe, MonitorKind.Probe, spec["metricRelabelings"], scrapeClass);
        return job;
    }

    /// <summary>The field <c>module</c> wins over a parameter of that name.</summary>
    private static void AddParameters(ConfigMapping job, SpecNode spec)
    {
        var parameters = new ConfigMapping();
        var module = spec["module"].NonEmptyText;
        if (module is not null)
        {
            parameters.Add("module", ConfigSequence.OfTexts([module]));
        }

        foreach (var parameter in spec["params"].Items.Where(parameter => module is null || parameter["name"].Text != "module"))
        {
            parameters.Add(parameter["name"].Text ?? "", ConfigSequence.OfTexts(parameter["values"].Texts));
        }

        if (parameters.Count > 0)
        {
            job.Add("params", parameters);
        }
    }

    private static void AddStaticTargets(
        ConfigMapping job,
        ConfigSequence rules,
        RenderingContext context,
        MonitorObject probe,
        SpecNode targets,
        SpecNode scrapeClass
    )
    {
        var labels = targets["labels"].Fields.Select(label => KeyValuePair.Create(label.Key, label.Value.Text ?? "")).ToDictionary();
        labels.TryAdd("namespace", probe.Namespace);
        job.Add(
            "static_configs",
            new ConfigSequence
            {
                new ConfigMapping
                {
                    { "targets", ConfigSequence.OfTexts(targets["static"].Texts) },
                    { "labels", ConfigMapping.OfTexts(labels.OrderBy(label => label.Key, StringComparer.Ordinal)) },
                },
            }
        );
        rules.Add(Relabeling.Label(Target, "__address__"));
        rules.Add(Relabeling.Label("instance", Target));
        AddProber(rules, probe);
        AddUserRules(rules, context, probe, targets["relabelingConfigs"], scrapeClass);
    }

    private static void AddIngresses(
        ConfigMapping job,
        ConfigSequence rules,
        RenderingContext context,
        MonitorObject probe,
        SpecNode ingress,
        SpecNode scrapeClass
    )
    {
        rules.AddRange(ObjectSelection.AsRules("ingress", ingress["selector"]));
        job.Add(
            "kubernetes_sd_configs",
            new ConfigSequence { KubernetesDiscovery.Discover(context, "ingress", probe.Namespace, ingress["namespaceSelector"]) }
        );
        rules.Add(
            Rewrite(
                "${1}://${2}${3}",
                "(.+);(.+);(.+)",
                Target,
                "__meta_kubernetes_ingress_scheme",
                "__address__",
                "__meta_kubernetes_ingress_path"
            )
        );
        rules.Add(Relabeling.Label("namespace", "__meta_kubernetes_namespace"));
        rules.Add(Relabeling.Label("ingress", "__meta_kubernetes_ingress_name"));
        rules.Add(Rewrite("$1", "(.*)", "__tmp_ingress_address", "__address__"));
        rules.Add(Relabeling.Label("instance", Target));
        AddProber(rules, probe);
        AddUserRules(rules, context, probe, ingress["relabelingConfigs"], scrapeClass);
    }

    private static void AddProber(ConfigSequence rules, MonitorObject probe) =>
        rules.Add(Relabeling.Constant("__address__", probe.Spec["prober"]["url"].Text ?? ""));

    private static void AddUserRules(
        ConfigSequence rules,
        RenderingContext context,
        MonitorObject probe,
        SpecNode own,
        SpecNode scrapeClass
    )
    {
        rules.AddRange(Relabeling.OfDocument(scrapeClass["relabelings"]));
        rules.AddRange(Relabeling.WithEnforcedNamespace(context, probe, MonitorKind.Probe, Relabeling.OfDocument(own)));
    }

    private static ConfigMapping Rewrite(string replacement, string regex, string target, params string[] sources) =>
        new()
        {
            { "source_labels", Relabeling.Labels(sources) },
            { "separator", ";" },
            { "regex", regex },
            { "target_label", target },
            { "replacement", replacement },
            { "action", "replace" },
        };
}
