using System.Collections.Immutable;
using static GitOpsOperator.Domains.Prometheus.Configuration.Discovery.DiscoveryParts;

namespace GitOpsOperator.Domains.Prometheus.Configuration.Discovery;

/// <summary>Registries of services, and schedulers that can be asked what they run.</summary>
internal static class Registries
{
    public static readonly ServiceDiscovery Consul = new(
        "consulSDConfigs",
        "consul_sd_configs",
        BasicAuth,
        Authorization,
        OAuth2,
        Proxy,
        Tls,
        RequiredText("server", "server"),
        Field("pathPrefix", "path_prefix"),
        NeededSecret("tokenRef", "token"),
        Field("datacenter", "datacenter"),
        Field("namespace", "namespace"),
        Field("partition", "partition"),
        Lower("scheme", "scheme"),
        NonEmpty("services", "services"),
        NonEmpty("tags", "tags"),
        Field("tagSeparator", "tag_separator"),
        NonEmpty("nodeMeta", "node_meta"),
        Field("filter", "filter"),
        Field("healthFilter", "health_filter"),
        Field("allowStale", "allow_stale"),
        RefreshInterval,
        FollowRedirects,
        EnableHttp2
    );

    public static readonly ServiceDiscovery Dns = new(
        "dnsSDConfigs",
        "dns_sd_configs",
        Required("names", "names"),
        RefreshInterval,
        DnsType,
        Port
    );

    public static readonly ServiceDiscovery Kuma = new(
        "kumaSDConfigs",
        "kuma_sd_configs",
        BasicAuth,
        Authorization,
        OAuth2,
        Proxy,
        RequiredText("server", "server"),
        FollowRedirects,
        EnableHttp2,
        Tls,
        RefreshInterval,
        Field("fetchTimeout", "fetch_timeout"),
        Field("clientID", "client_id")
    );

    public static readonly ServiceDiscovery Eureka = new(
        "eurekaSDConfigs",
        "eureka_sd_configs",
        BasicAuth,
        Authorization,
        OAuth2,
        Proxy,
        FollowRedirects,
        EnableHttp2,
        Tls,
        RefreshInterval,
        NonEmpty("server", "server")
    );

    public static readonly ServiceDiscovery Docker = new(
        "dockerSDConfigs",
        "docker_sd_configs",
        Authorization,
        OAuth2,
        Proxy,
        BasicAuth,
        Filters,
        RequiredText("host", "host"),
        Tls,
        Port,
        Field("hostNetworkingHost", "host_networking_host"),
        Field("matchFirstNetwork", VersionGates.Discovery.DockerMatchFirstNetwork),
        RefreshInterval,
        FollowRedirects,
        EnableHttp2
    );

    public static readonly ServiceDiscovery Nomad = new(
        "nomadSDConfigs",
        "nomad_sd_configs",
        BasicAuth,
        Authorization,
        OAuth2,
        Proxy,
        RequiredText("server", "server"),
        Field("allowStale", "allow_stale"),
        Field("namespace", "namespace"),
        RefreshInterval,
        Field("region", "region"),
        Field("tagSeparator", "tag_separator"),
        FollowRedirects,
        EnableHttp2,
        Tls
    );

    public static readonly ServiceDiscovery DockerSwarm = new(
        "dockerSwarmSDConfigs",
        "dockerswarm_sd_configs",
        BasicAuth,
        Authorization,
        OAuth2,
        Proxy,
        Filters,
        RequiredText("host", "host"),
        Tls,
        RequiredLower("role", "role"),
        Port,
        RefreshInterval,
        FollowRedirects,
        EnableHttp2
    );

    public static readonly ServiceDiscovery PuppetDb = new(
        "puppetDBSDConfigs",
        "puppetdb_sd_configs",
        BasicAuth,
        Authorization,
        OAuth2,
        Proxy,
        RequiredText("url", "url"),
        RequiredText("query", "query"),
        Field("includeParameters", "include_parameters"),
        Port,
        RefreshInterval,
        FollowRedirects,
        Tls,
        EnableHttp2
    );

    public static readonly ImmutableArray<ServiceDiscovery> All = [Consul, Dns, Kuma, Eureka, Docker, Nomad, DockerSwarm, PuppetDb];

    private static void DnsType(DiscoveryEntry entry)
    {
        var gate = entry.Source["type"].Text switch
        {
            "MX" => VersionGates.Discovery.DnsTypeMx,
            "NS" => VersionGates.Discovery.DnsTypeNs,
            _ => null,
        };
        if (gate is null || entry.Context.Admits(gate))
        {
            entry.Rendered.Copy("type", entry.Source["type"]);
        }
    }
}
