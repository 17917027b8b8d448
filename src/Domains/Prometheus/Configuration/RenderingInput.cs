using System.Collections.Immutable;
using GitOpsOperator.Domains.Prometheus.Spec;
using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>Everything that the configuration of one Prometheus is made of. The same input always gives the same text.</summary>
public sealed record RenderingInput
{
    public required string Namespace { get; init; }

    public required string Name { get; init; }

    public required SpecNode Spec { get; init; }

    public required PrometheusVersion Version { get; init; }

    /// <summary>The monitors that were selected, by what orders their jobs: <c>namespace/name</c>.</summary>
    public ImmutableSortedDictionary<string, MonitorObject> ServiceMonitors { get; init; } = MonitorObject.None;

    public ImmutableSortedDictionary<string, MonitorObject> PodMonitors { get; init; } = MonitorObject.None;

    public ImmutableSortedDictionary<string, MonitorObject> Probes { get; init; } = MonitorObject.None;

    public ImmutableSortedDictionary<string, MonitorObject> ScrapeConfigs { get; init; } = MonitorObject.None;

    /// <summary>The folders under <c>/etc/prometheus/rules</c> that rule files are mounted at.</summary>
    public ImmutableArray<string> RuleFolders { get; init; } = [];

    public ReferencedValues Values { get; init; } = ReferencedValues.None;

    /// <summary>YAML lists that <c>additionalScrapeConfigs</c> and its like point to; null where there is none.</summary>
    public string? AdditionalScrapeConfigs { get; init; }

    public string? AdditionalAlertRelabelConfigs { get; init; }

    public string? AdditionalAlertManagerConfigs { get; init; }

    public RenderingOptions Options { get; init; } = new();
}

/// <param name="Namespace">Where its Secrets are, and its targets where it does not say otherwise.</param>
public sealed record MonitorObject(string Namespace, string Name, SpecNode Spec)
{
    public static readonly ImmutableSortedDictionary<string, MonitorObject> None = ImmutableSortedDictionary.Create<string, MonitorObject>(
        StringComparer.Ordinal
    );
}

public sealed record RenderingOptions
{
    /// <summary>The cluster serves EndpointSlices; without, they are not asked for whatever the document says.</summary>
    public bool EndpointSlices { get; init; }

    /// <summary>
    /// Each job keeps nothing on a shard beyond the count of shards, so that a removed shard can stay for queries and scrape nothing.
    /// </summary>
    public bool OnlyActiveShardsScrape { get; init; }

    /// <summary>Every field is rendered, whatever the version knows.</summary>
    public bool IgnoreVersions { get; init; }

    /// <summary>Certificates and keys stand in the configuration itself instead of in files beside it.</summary>
    public bool InlineTls { get; init; }
}
