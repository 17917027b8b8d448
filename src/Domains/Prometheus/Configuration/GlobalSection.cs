using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary><c>global</c>, <c>runtime</c> and <c>rule_files</c>.</summary>
internal static class GlobalSection
{
    public const string PodNamePlaceholder = "$(POD_NAME)";
    private const string LogFolder = "/var/log/prometheus";
    private const string RuleFolder = "/etc/prometheus/rules";

    public static ConfigMapping Render(RenderingContext context)
    {
        context.Job = "global";
        var spec = context.Spec;
        var global = new ConfigMapping { { "scrape_interval", spec["scrapeInterval"].Text ?? "" } };
        global.CopyNonEmpty("scrape_timeout", spec["scrapeTimeout"]);
        global.AddScrapeProtocols(context, spec["scrapeProtocols"]);
        global.Add("external_labels", ExternalLabels(context));
        global.AddGlobalLimits(context);
        global.AddLogFile(context, VersionGates.Global.ScrapeFailureLogFile, spec["scrapeFailureLogFile"]);
        global.AddNameSchemes(context, spec);
        global.Copy(context, VersionGates.Global.ConvertClassicHistograms, spec["convertClassicHistogramsToNHCB"]);
        global.Copy(context, VersionGates.Global.AlwaysScrapeClassicHistograms, spec["scrapeClassicHistograms"]);
        global.Copy(context, VersionGates.Histograms.ScrapeNative, spec["scrapeNativeHistograms"]);
        global.Add("evaluation_interval", spec["evaluationInterval"].Text ?? "");
        global.Copy(context, VersionGates.Global.RuleQueryOffset, spec["ruleQueryOffset"]);
        global.AddLogFile(context, VersionGates.Global.QueryLogFile, spec["queryLogFile"]);
        return global;
    }

    public static void AddRuntime(ConfigMapping configuration, RenderingContext context)
    {
        if (context.Spec["runtime"] is { Exists: true } settings && context.Admits(VersionGates.Global.Runtime))
        {
            var runtime = new ConfigMapping();
            runtime.Copy("gogc", settings["goGC"]);
            configuration.Add("runtime", runtime);
        }
    }

    /// <summary>Without a selector no rules are read at all.</summary>
    public static void AddRuleFiles(ConfigMapping configuration, RenderingContext context)
    {
        if (context.Spec["ruleSelector"].Exists)
        {
            configuration.Add(
                "rule_files",
                ConfigSequence.OfTexts(context.Input.RuleFolders.Select(folder => $"{RuleFolder}/{folder}/*.yaml"))
            );
        }
    }

    /// <summary>An external label of the author's never hides the two that tell Prometheus and its replicas apart.</summary>
    private static ConfigMapping ExternalLabels(RenderingContext context)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var (input, spec) = (context.Input, context.Spec);
        if ((spec["prometheusExternalLabelName"].Text ?? "prometheus") is { Length: > 0 } ofPrometheus)
        {
            labels[ofPrometheus] = $"{input.Namespace}/{input.Name}";
        }

        if (ReplicaLabel(spec) is { Length: > 0 } ofReplica)
        {
            labels[ofReplica] = PodNamePlaceholder;
        }

        foreach (var (label, value) in spec["externalLabels"].Fields)
        {
            if (!labels.TryAdd(label, value.Text ?? ""))
            {
                context.Warn($"the external label {label} is left out: it is set by the operator; name that one otherwise, or this one");
            }
        }

        return ConfigMapping.OfTexts(labels);
    }

    /// <summary>Empty where replicas are not to be told apart.</summary>
    public static string ReplicaLabel(SpecNode spec) => spec["replicaExternalLabelName"].Text ?? "prometheus_replica";

    private static void AddLogFile(this ConfigMapping global, RenderingContext context, VersionGate gate, SpecNode file)
    {
        if (file.NonEmptyText is { } path && context.Admits(gate))
        {
            global.Add(gate.Name, path.Contains('/', StringComparison.Ordinal) ? path : $"{LogFolder}/{path}");
        }
    }
}
