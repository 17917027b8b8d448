using static GitOpsOperator.Domains.Prometheus.Configuration.Discovery.DiscoveryParts;

namespace GitOpsOperator.Domains.Prometheus.Configuration.Discovery;

/// <summary>Objects of a Kubernetes cluster, this one or another.</summary>
internal static class KubernetesObjects
{
    public static readonly ServiceDiscovery Discovery = new(
        "kubernetesSDConfigs",
        "kubernetes_sd_configs",
        Field("apiServer", "api_server"),
        Role,
        BasicAuth,
        Authorization,
        OAuth2,
        Proxy,
        FollowRedirects,
        EnableHttp2,
        Tls,
        Namespaces,
        Selectors,
        AttachedMetadata
    );

    private static void Role(DiscoveryEntry entry)
    {
        var role = ConfigAdditions.Lower(entry.Source["role"].Text ?? "");
        if (role != "endpointslice" || entry.Context.Admits(VersionGates.Discovery.EndpointSliceRole))
        {
            entry.Rendered.Add("role", role);
        }
    }

    private static void Namespaces(DiscoveryEntry entry)
    {
        if (entry.Source["namespaces"] is { Exists: true } namespaces)
        {
            var rendered = new ConfigMapping { { "names", ConfigSequence.OfTexts(namespaces["names"].Texts) } };
            rendered.Copy("own_namespace", namespaces["ownNamespace"]);
            entry.Rendered.Add("namespaces", rendered);
        }
    }

    private static void Selectors(DiscoveryEntry entry)
    {
        if (entry.Source["selectors"].Count > 0 && entry.Context.Admits(VersionGates.Discovery.Selectors))
        {
            entry.Rendered.Add(
                "selectors",
                new ConfigSequence(
                    entry
                        .Source["selectors"]
                        .Items.Select(selector =>
                        {
                            var rendered = new ConfigMapping { { "role", ConfigAdditions.Lower(selector["role"].Text ?? "") } };
                            rendered.Copy("label", selector["label"]);
                            rendered.Copy("field", selector["field"]);
                            return rendered;
                        })
                )
            );
        }
    }

    private static void AttachedMetadata(DiscoveryEntry entry)
    {
        if (entry.Source["attachMetadata"] is not { Exists: true } attached)
        {
            return;
        }

        var gate = ConfigAdditions.Lower(entry.Source["role"].Text ?? "") switch
        {
            "pod" => VersionGates.Discovery.AttachMetadataToPods,
            "endpoints" or "endpointslice" => VersionGates.Discovery.AttachMetadataToEndpoints,
            _ => null,
        };
        if (gate is null)
        {
            entry.Context.Warn("attachMetadata is left out: only pods, endpoints and endpointslices can have metadata attached");
        }
        else if (entry.Context.Admits(gate))
        {
            entry.Rendered.Add(gate.Name, new ConfigMapping { { "node", ConfigAdditions.Of(attached["node"]) } });
        }
    }
}
