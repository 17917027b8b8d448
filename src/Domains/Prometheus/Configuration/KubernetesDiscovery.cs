using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary><c>kubernetes_sd_configs</c> of a monitor.</summary>
internal static class KubernetesDiscovery
{
    public const string EndpointSlice = "endpointslice";
    private const string Endpoints = "endpoints";

    /// <summary>What is watched to find the addresses behind a Service; EndpointSlices only where asked for and served.</summary>
    public static string EndpointRole(RenderingContext context, SpecNode desired)
    {
        var role = desired.Exists ? desired : context.Spec["serviceDiscoveryRole"];
        return
            role.Text == "EndpointSlice" && context.Input.Options.EndpointSlices && context.Admits(VersionGates.Discovery.EndpointSliceRole)
            ? EndpointSlice
            : Endpoints;
    }

    /// <summary>The prefix of the labels that tell of an endpoint.</summary>
    public static string EndpointLabel(string role) => $"__meta_kubernetes_{(role == EndpointSlice ? EndpointSlice : "endpoint")}";

    /// <param name="owner">The namespace that is watched where nothing else is said: the monitor's.</param>
    /// <param name="secrets">The namespace of the Secrets; null where it is the owner's.</param>
    public static ConfigMapping Discover(
        RenderingContext context,
        string role,
        string owner,
        SpecNode namespaceSelector,
        string? secrets = null
    )
    {
        var discovery = new ConfigMapping { { "role", role } };
        var namespaces = Namespaces(context, owner, namespaceSelector);
        if (namespaces.Length > 0)
        {
            discovery.Add("namespaces", new ConfigMapping { { "names", ConfigSequence.OfTexts(namespaces) } });
        }

        AddApiServer(discovery, context, secrets ?? owner);
        return discovery;
    }

    public static void AddAttachedMetadata(
        this ConfigMapping discovery,
        RenderingContext context,
        VersionGate gate,
        SpecNode monitor,
        SpecNode scrapeClass
    )
    {
        var attached = monitor["attachMetadata"].Exists ? monitor["attachMetadata"] : scrapeClass["attachMetadata"];
        if (attached.Exists && context.Admits(gate))
        {
            discovery.Add(gate.Name, new ConfigMapping { { "node", attached["node"].Boolean == true } });
        }
    }

    /// <summary>Has the API server select, which sends Prometheus less to watch.</summary>
    public static void AddSelectors(this ConfigMapping discovery, SpecNode monitor, params string[] roles)
    {
        if (ObjectSelection.ByApiServer(monitor))
        {
            var query = ObjectSelection.AsQuery(monitor["selector"]);
            discovery.Add(
                "selectors",
                new ConfigSequence(roles.Select(role => new ConfigMapping { { "role", role }, { "label", query } }))
            );
        }
    }

    private static string[] Namespaces(RenderingContext context, string owner, SpecNode selector)
    {
        if (context.Spec["ignoreNamespaceSelectors"].Boolean == true)
        {
            return [owner];
        }

        var named = selector["matchNames"].Texts.ToArray();
        return selector["any"].Boolean == true ? []
            : named.Length == 0 ? [owner]
            : named;
    }

    private static void AddApiServer(ConfigMapping discovery, RenderingContext context, string space)
    {
        var server = context.Spec["apiserverConfig"];
        if (server.Exists)
        {
            discovery.Add("api_server", server["host"].Text ?? "");
            discovery.AddBasicAuth(context, space, server["basicAuth"]);
            discovery.CopyNonEmpty("bearer_token", server["bearerToken"]);
            discovery.CopyNonEmpty("bearer_token_file", server["bearerTokenFile"]);
            discovery.AddAuthorization(context, space, server["authorization"]);
            TlsSettings.WithFiles(server["tlsConfig"]).AddTo(discovery, context, space);
            discovery.AddProxy(context, space, server);
        }
    }
}
