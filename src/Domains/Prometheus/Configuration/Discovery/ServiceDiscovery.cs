using System.Collections.Immutable;
using static GitOpsOperator.Domains.Prometheus.Configuration.Discovery.DiscoveryParts;

namespace GitOpsOperator.Domains.Prometheus.Configuration.Discovery;

/// <summary>A way for Prometheus to find targets: which field of a ScrapeConfig it is and what it is made of, in order.</summary>
/// <param name="Field">In the document.</param>
/// <param name="Key">In the configuration.</param>
internal sealed record ServiceDiscovery(string Field, string Key, params ImmutableArray<DiscoveryPart> Parts)
{
    /// <summary>In the order in which they stand in a job.</summary>
    public static readonly ImmutableArray<ServiceDiscovery> All =
    [
        new("staticConfigs", "static_configs", Required("targets", "targets"), entry => entry.Rendered.Add("labels", Labels(entry))),
        new("fileSDConfigs", "file_sd_configs", Required("files", "files"), RefreshInterval),
        new(
            "httpSDConfigs",
            "http_sd_configs",
            BasicAuth,
            Authorization,
            Tls,
            Proxy,
            OAuth2,
            RequiredText("url", "url"),
            RefreshInterval,
            FollowRedirects,
            EnableHttp2
        ),
        KubernetesObjects.Discovery,
        .. Registries.All,
        .. Clouds.All,
    ];

    public void AddTo(ConfigMapping job, RenderingContext context, MonitorObject scrapeConfig)
    {
        var entries = scrapeConfig.Spec[Field];
        if (entries.Count > 0)
        {
            job.Add(
                Key,
                new ConfigSequence(
                    entries.Items.Select(source =>
                    {
                        var entry = new DiscoveryEntry(new(), context, scrapeConfig.Namespace, source);
                        foreach (var part in Parts)
                        {
                            part(entry);
                        }

                        return entry.Rendered;
                    })
                )
            );
        }
    }

    private static ConfigNode Labels(DiscoveryEntry entry) =>
        entry.Source["labels"].Exists ? ConfigAdditions.Of(entry.Source["labels"]) : new ConfigMapping();
}
