using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>What endpoints of ServiceMonitors and PodMonitors have in common.</summary>
internal static class EndpointSettings
{
    public static void AddRequest(ConfigMapping job, SpecNode endpoint)
    {
        job.CopyNonEmpty("scrape_interval", endpoint["interval"]);
        job.CopyNonEmpty("scrape_timeout", endpoint["scrapeTimeout"]);
        job.CopyNonEmpty("metrics_path", endpoint["path"]);
        job.Copy("params", endpoint["params"]);
        job.CopyLower("scheme", endpoint["scheme"]);
    }

    public static void AddLimitsAndProtocols(ConfigMapping job, RenderingContext context, SpecNode monitor, SpecNode scrapeClass)
    {
        job.AddLimits(context, monitor);
        job.AddNativeHistograms(context, monitor);
        job.AddProtocols(context, monitor, scrapeClass);
        job.AddBodySizeLimit(context, monitor["bodySizeLimit"]);
    }

    /// <summary>Keeps the container's port of that name or number.</summary>
    public static IEnumerable<ConfigNode> TargetPort(SpecNode port)
    {
        if (port.NonEmptyText is { } name)
        {
            yield return Relabeling.Keep("__meta_kubernetes_pod_container_port_name", name);
        }
        else if (port.WholeNumber is { } number and not 0)
        {
            yield return Relabeling.Keep("__meta_kubernetes_pod_container_port_number", number);
        }
    }

    /// <summary>One Service or pod may have several endpoints: the label <c>endpoint</c> tells them apart.</summary>
    public static IEnumerable<ConfigNode> EndpointName(SpecNode endpoint)
    {
        if ((endpoint["port"].NonEmptyText ?? endpoint["targetPort"].ScalarText) is { Length: > 0 } name)
        {
            yield return Relabeling.Constant("endpoint", name);
        }
    }
}
