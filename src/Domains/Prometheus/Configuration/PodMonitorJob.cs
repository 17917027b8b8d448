using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>One job per endpoint of a PodMonitor: the pods that it selects.</summary>
internal static class PodMonitorJob
{
    public static IEnumerable<ConfigNode> Render(RenderingContext context, MonitorObject monitor) =>
        monitor.Spec["podMetricsEndpoints"].Items.Select((endpoint, index) => RenderEndpoint(context, monitor, endpoint, index));

    private static ConfigMapping RenderEndpoint(RenderingContext context, MonitorObject monitor, SpecNode endpoint, int index)
    {
        var (spec, space) = (monitor.Spec, monitor.Namespace);
        var scrapeClass = ScrapeClasses.Of(context, spec);
        context.Job = $"podMonitor/{space}/{monitor.Name}/{index}";
        var job = new ConfigMapping { { "job_name", context.Job } };
        job.AddHonorLabels(context, endpoint["honorLabels"]);
        job.AddHonorTimestamps(context, endpoint["honorTimestamps"].Boolean);
        job.Copy(context, VersionGates.TrackTimestampsStaleness, endpoint["trackTimestampsStaleness"]);
        var discovery = KubernetesDiscovery.Discover(context, "pod", space, spec["namespaceSelector"]);
        discovery.AddAttachedMetadata(context, VersionGates.Discovery.AttachMetadataToPods, spec, scrapeClass);
        discovery.AddSelectors(spec, "pod");
        job.Add("kubernetes_sd_configs", new ConfigSequence { discovery });
        EndpointSettings.AddRequest(job, endpoint);
        job.Copy(context, VersionGates.FollowRedirects, endpoint["followRedirects"]);
        job.Copy(context, VersionGates.EnableHttp2, endpoint["enableHttp2"]);
        TlsSettings.OfJobUnlessBlank(endpoint["tlsConfig"], scrapeClass).AddTo(job, context, space);
        job.AddBearerToken(context, space, endpoint["bearerTokenSecret"]);
        job.AddBasicAuth(context, space, endpoint["basicAuth"]);
        job.AddOAuth2(context, space, endpoint["oauth2"]);
        job.AddProxy(context, space, endpoint);
        job.AddJobAuthorization(context, space, endpoint["authorization"], scrapeClass);
        job.Add("relabel_configs", Rules(context, monitor, endpoint, scrapeClass));
        EndpointSettings.AddLimitsAndProtocols(job, context, spec, scrapeClass);
        job.AddMetricRelabeling(context, monitor, MonitorKind.PodMonitor, endpoint["metricRelabelings"], scrapeClass);
        return job;
    }

    private static ConfigSequence Rules(RenderingContext context, MonitorObject monitor, SpecNode endpoint, SpecNode scrapeClass)
    {
        var spec = monitor.Spec;
        var rules = new ConfigSequence { Relabeling.RememberJobName };
        if (endpoint["filterRunning"].Boolean != false)
        {
            rules.Add(Relabeling.DropEndedPods);
        }

        if (!ObjectSelection.ByApiServer(spec))
        {
            rules.AddRange(ObjectSelection.AsRules("pod", spec["selector"]));
        }

        rules.AddRange(Port(endpoint));
        rules.Add(Relabeling.Label("namespace", "__meta_kubernetes_namespace"));
        rules.Add(Relabeling.Label("container", "__meta_kubernetes_pod_container_name"));
        rules.Add(Relabeling.Label("pod", "__meta_kubernetes_pod_name"));
        rules.AddRange(Relabeling.CopyLabels("pod", spec["podTargetLabels"].Texts.Concat(context.Spec["podTargetLabels"].Texts)));
        rules.Add(Relabeling.Constant("job", $"{monitor.Namespace}/{monitor.Name}"));
        if (spec["jobLabel"].NonEmptyText is { } jobLabel)
        {
            rules.Add(Relabeling.CopyIfSet("job", $"__meta_kubernetes_pod_label_{Relabeling.LabelName(jobLabel)}"));
        }

        rules.AddRange(EndpointSettings.EndpointName(endpoint));
        rules.AddRange(Relabeling.OfDocument(scrapeClass["relabelings"]));
        rules.AddRange(
            Relabeling.WithEnforcedNamespace(context, monitor, MonitorKind.PodMonitor, Relabeling.OfDocument(endpoint["relabelings"]))
        );
        rules.AddSharding(context);
        return rules;
    }

    private static IEnumerable<ConfigNode> Port(SpecNode endpoint) =>
        endpoint["port"].NonEmptyText is not null ? EndpointSettings.TargetPort(endpoint["port"])
        : endpoint["portNumber"].WholeNumber is not (null or 0) ? EndpointSettings.TargetPort(endpoint["portNumber"])
        : EndpointSettings.TargetPort(endpoint["targetPort"]);
}
