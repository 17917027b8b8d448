using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>One job per endpoint of a ServiceMonitor: the addresses behind the Services that it selects.</summary>
internal static class ServiceMonitorJob
{
    public static IEnumerable<ConfigNode> Render(RenderingContext context, MonitorObject monitor) =>
        monitor.Spec["endpoints"].Items.Select((endpoint, index) => RenderEndpoint(context, monitor, endpoint, index));

    private static ConfigMapping RenderEndpoint(RenderingContext context, MonitorObject monitor, SpecNode endpoint, int index)
    {
        var (spec, space) = (monitor.Spec, monitor.Namespace);
        var scrapeClass = ScrapeClasses.Of(context, spec);
        var role = KubernetesDiscovery.EndpointRole(context, spec["serviceDiscoveryRole"]);
        context.Job = $"serviceMonitor/{space}/{monitor.Name}/{index}";
        var job = new ConfigMapping { { "job_name", context.Job } };
        job.AddHonorLabels(context, endpoint["honorLabels"]);
        job.AddHonorTimestamps(context, endpoint["honorTimestamps"].Boolean);
        job.Copy(context, VersionGates.TrackTimestampsStaleness, endpoint["trackTimestampsStaleness"]);
        var discovery = KubernetesDiscovery.Discover(context, role, space, spec["namespaceSelector"]);
        discovery.AddAttachedMetadata(context, VersionGates.Discovery.AttachMetadataToEndpoints, spec, scrapeClass);
        discovery.AddSelectors(spec, role, "service");
        job.Add("kubernetes_sd_configs", new ConfigSequence { discovery });
        EndpointSettings.AddRequest(job, endpoint);
        job.Copy(context, VersionGates.FollowRedirects, endpoint["followRedirects"]);
        job.Copy(context, VersionGates.EnableHttp2, endpoint["enableHttp2"]);
        job.AddProxy(context, space, endpoint);
        job.AddOAuth2(context, space, endpoint["oauth2"]);
        TlsSettings.OfJob(endpoint["tlsConfig"], scrapeClass).AddTo(job, context, space);
        job.CopyNonEmpty("bearer_token_file", endpoint["bearerTokenFile"]);
        job.AddBearerToken(context, space, endpoint["bearerTokenSecret"]);
        job.AddBasicAuth(context, space, endpoint["basicAuth"]);
        job.AddJobAuthorization(context, space, endpoint["authorization"], scrapeClass);
        job.Add("relabel_configs", Rules(context, monitor, endpoint, role, scrapeClass));
        EndpointSettings.AddLimitsAndProtocols(job, context, spec, scrapeClass);
        job.AddMetricRelabeling(context, monitor, MonitorKind.ServiceMonitor, endpoint["metricRelabelings"], scrapeClass);
        return job;
    }

    private static ConfigSequence Rules(
        RenderingContext context,
        MonitorObject monitor,
        SpecNode endpoint,
        string role,
        SpecNode scrapeClass
    )
    {
        var spec = monitor.Spec;
        var rules = new ConfigSequence { Relabeling.RememberJobName };
        if (!ObjectSelection.ByApiServer(spec))
        {
            rules.AddRange(ObjectSelection.AsRules("service", spec["selector"]));
        }

        var label = KubernetesDiscovery.EndpointLabel(role);
        if (endpoint["port"].NonEmptyText is { } port)
        {
            rules.Add(Relabeling.Keep($"{label}_port_name", port));
        }
        else
        {
            rules.AddRange(EndpointSettings.TargetPort(endpoint["targetPort"]));
        }

        rules.Add(FromTarget(label, "Node", "node"));
        rules.Add(FromTarget(label, "Pod", "pod"));
        rules.Add(Relabeling.Label("namespace", "__meta_kubernetes_namespace"));
        rules.Add(Relabeling.Label("service", "__meta_kubernetes_service_name"));
        rules.Add(Relabeling.Label("pod", "__meta_kubernetes_pod_name"));
        rules.Add(Relabeling.Label("container", "__meta_kubernetes_pod_container_name"));
        if (endpoint["filterRunning"].Boolean != false)
        {
            rules.Add(Relabeling.DropEndedPods);
        }

        rules.AddRange(Relabeling.CopyLabels("service", spec["targetLabels"].Texts));
        rules.AddRange(Relabeling.CopyLabels("pod", spec["podTargetLabels"].Texts.Concat(context.Spec["podTargetLabels"].Texts)));

        // The Service's name is the job even where jobLabel is set: a target may lack that label.
        rules.Add(
            new ConfigMapping
            {
                { "source_labels", Relabeling.Labels("__meta_kubernetes_service_name") },
                { "target_label", "job" },
                { "replacement", "${1}" },
            }
        );
        if (spec["jobLabel"].NonEmptyText is { } jobLabel)
        {
            rules.Add(Relabeling.CopyIfSet("job", $"__meta_kubernetes_service_label_{Relabeling.LabelName(jobLabel)}"));
        }

        rules.AddRange(EndpointSettings.EndpointName(endpoint));
        rules.AddRange(Relabeling.OfDocument(scrapeClass["relabelings"]));
        rules.AddRange(
            Relabeling.WithEnforcedNamespace(context, monitor, MonitorKind.ServiceMonitor, Relabeling.OfDocument(endpoint["relabelings"]))
        );
        rules.AddSharding(context);
        return rules;
    }

    private static ConfigMapping FromTarget(string label, string kind, string target) =>
        new()
        {
            { "source_labels", Relabeling.Labels($"{label}_address_target_kind", $"{label}_address_target_name") },
            { "separator", ";" },
            { "regex", $"{kind};(.*)" },
            { "replacement", "${1}" },
            { "target_label", target },
        };
}
