using System.Collections.Immutable;
using static GitOpsOperator.Domains.Prometheus.Configuration.Discovery.DiscoveryParts;

namespace GitOpsOperator.Domains.Prometheus.Configuration.Discovery;

/// <summary>Clouds that can be asked for their machines.</summary>
internal static class Clouds
{
    public static readonly ServiceDiscovery Ec2 = new(
        "ec2SDConfigs",
        "ec2_sd_configs",
        Proxy,
        Field("region", "region"),
        AccessKeys,
        Field("roleARN", "role_arn"),
        RefreshInterval,
        Port,
        Ec2Filters,
        Field("followRedirects", VersionGates.Discovery.Ec2FollowRedirects),
        Field("enableHTTP2", VersionGates.Discovery.Ec2EnableHttp2),
        Ec2Tls
    );

    public static readonly ServiceDiscovery Azure = new(
        "azureSDConfigs",
        "azure_sd_configs",
        Field("environment", "environment"),
        Field("authenticationMethod", "authentication_method"),
        NonEmpty("subscriptionID", "subscription_id"),
        Field("tenantID", "tenant_id"),
        Field("clientID", "client_id"),
        NeededSecret("clientSecret", "client_secret"),
        Field("resourceGroup", "resource_group"),
        RefreshInterval,
        Port,
        Ignored(
            "basicAuth",
            "authorization",
            "oauth2",
            "proxyUrl",
            "noProxy",
            "proxyFromEnvironment",
            "proxyConnectHeader",
            "followRedirects",
            "enableHTTP2",
            "tlsConfig"
        )
    );

    public static readonly ServiceDiscovery Gce = new(
        "gceSDConfigs",
        "gce_sd_configs",
        RequiredText("project", "project"),
        RequiredText("zone", "zone"),
        Field("filter", "filter"),
        RefreshInterval,
        Port,
        Field("tagSeparator", "tag_separator")
    );

    public static readonly ServiceDiscovery OpenStack = new(
        "openstackSDConfigs",
        "openstack_sd_configs",
        RequiredLower("role", "role"),
        RequiredText("region", "region"),
        Field("identityEndpoint", "identity_endpoint"),
        Field("username", "username"),
        Field("userid", "userid"),
        NeededSecret("password", "password"),
        Field("domainName", "domain_name"),
        Field("domainID", "domain_id"),
        Field("projectName", "project_name"),
        Field("projectID", "project_id"),
        Field("applicationCredentialName", "application_credential_name"),
        Field("applicationCredentialId", "application_credential_id"),
        NeededSecret("applicationCredentialSecret", "application_credential_secret"),
        Field("allTenants", "all_tenants"),
        RefreshInterval,
        Port,
        Field("availability", "availability"),
        Tls
    );

    public static readonly ServiceDiscovery DigitalOcean = new(
        "digitalOceanSDConfigs",
        "digitalocean_sd_configs",
        Authorization,
        OAuth2,
        Proxy,
        FollowRedirects,
        EnableHttp2,
        Tls,
        Port,
        RefreshInterval
    );

    public static readonly ServiceDiscovery Linode = new(
        "linodeSDConfigs",
        "linode_sd_configs",
        Authorization,
        OAuth2,
        Proxy,
        Tls,
        Port,
        Field("region", "region"),
        EnableHttp2,
        Field("tagSeparator", "tag_separator"),
        RefreshInterval,
        FollowRedirects
    );

    public static readonly ServiceDiscovery Hetzner = new(
        "hetznerSDConfigs",
        "hetzner_sd_configs",
        BasicAuth,
        Authorization,
        OAuth2,
        Proxy,
        RequiredLower("role", "role"),
        FollowRedirects,
        EnableHttp2,
        Tls,
        Port,
        RefreshInterval,
        NonEmpty("labelSelector", VersionGates.Discovery.HetznerLabelSelector)
    );

    public static readonly ServiceDiscovery LightSail = new(
        "lightSailSDConfigs",
        "lightsail_sd_configs",
        BasicAuth,
        Authorization,
        Proxy,
        OAuth2,
        Field("region", "region"),
        Field("endpoint", "endpoint"),
        Port,
        RefreshInterval,
        AccessKeys,
        Field("roleARN", "role_arn"),
        Tls,
        FollowRedirects,
        EnableHttp2
    );

    public static readonly ServiceDiscovery OvhCloud = new(
        "ovhcloudSDConfigs",
        "ovhcloud_sd_configs",
        RequiredText("applicationKey", "application_key"),
        Secret("applicationSecret", "application_secret"),
        Secret("consumerKey", "consumer_key"),
        OvhService,
        Field("endpoint", "endpoint"),
        RefreshInterval
    );

    public static readonly ServiceDiscovery Scaleway = new(
        "scalewaySDConfigs",
        "scaleway_sd_configs",
        RequiredText("accessKey", "access_key"),
        Secret("secretKey", "secret_key"),
        RequiredText("projectID", "project_id"),
        RequiredLower("role", "role"),
        Port,
        Field("apiURL", "api_url"),
        Field("zone", "zone"),
        Field("nameFilter", "name_filter"),
        NonEmpty("tagsFilter", "tags_filter"),
        RefreshInterval,
        Proxy,
        Tls,
        FollowRedirects,
        EnableHttp2
    );

    public static readonly ServiceDiscovery Ionos = new(
        "ionosSDConfigs",
        "ionos_sd_configs",
        Authorization,
        Proxy,
        Tls,
        RequiredText("datacenterID", "datacenter_id"),
        FollowRedirects,
        EnableHttp2,
        Port,
        RefreshInterval,
        Ignored("oauth2")
    );

    public static readonly ImmutableArray<ServiceDiscovery> All =
    [
        Ec2,
        Azure,
        Gce,
        OpenStack,
        DigitalOcean,
        Linode,
        Hetzner,
        LightSail,
        OvhCloud,
        Scaleway,
        Ionos,
    ];

    private static void Ec2Filters(DiscoveryEntry entry)
    {
        if (entry.Source["filters"].Count > 0 && entry.Context.Admits(VersionGates.Discovery.Ec2Filters))
        {
            Filters(entry);
        }
    }

    private static void Ec2Tls(DiscoveryEntry entry)
    {
        if (entry.Source["tlsConfig"].Exists && entry.Context.Admits(VersionGates.Discovery.Ec2Tls))
        {
            Tls(entry);
        }
    }

    private static void OvhService(DiscoveryEntry entry)
    {
        switch (entry.Source["service"].Text)
        {
            case "VPS":
                entry.Rendered.Add("service", "vps");
                break;
            case "DedicatedServer":
                entry.Rendered.Add("service", "dedicated_server");
                break;
            case var other:
                entry.Context.Warn($"service {other} is left out: Prometheus knows VPS and DedicatedServer");
                break;
        }
    }
}
