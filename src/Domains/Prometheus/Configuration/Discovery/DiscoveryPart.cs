using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Configuration.Discovery;

/// <summary>One entry of a service discovery that is being rendered.</summary>
/// <param name="Namespace">Where its Secrets are.</param>
/// <param name="Source">What the document says.</param>
internal sealed record DiscoveryEntry(ConfigMapping Rendered, RenderingContext Context, string Namespace, SpecNode Source);

/// <summary>Renders one field, or a few that go together.</summary>
internal delegate void DiscoveryPart(DiscoveryEntry entry);

/// <summary>The vocabulary of the tables of service discoveries.</summary>
internal static class DiscoveryParts
{
    public static readonly DiscoveryPart BasicAuth = entry =>
        entry.Rendered.AddBasicAuth(entry.Context, entry.Namespace, entry.Source["basicAuth"]);
    public static readonly DiscoveryPart Authorization = entry =>
        entry.Rendered.AddAuthorization(entry.Context, entry.Namespace, entry.Source["authorization"]);
    public static readonly DiscoveryPart OAuth2 = entry => entry.Rendered.AddOAuth2(entry.Context, entry.Namespace, entry.Source["oauth2"]);
    public static readonly DiscoveryPart Proxy = entry => entry.Rendered.AddProxy(entry.Context, entry.Namespace, entry.Source);
    public static readonly DiscoveryPart Tls = entry =>
        TlsSettings.FromSecrets(entry.Source["tlsConfig"]).AddTo(entry.Rendered, entry.Context, entry.Namespace);
    public static readonly DiscoveryPart RefreshInterval = Field("refreshInterval", "refresh_interval");
    public static readonly DiscoveryPart Port = Field("port", "port");
    public static readonly DiscoveryPart FollowRedirects = Field("followRedirects", "follow_redirects");
    public static readonly DiscoveryPart EnableHttp2 = Field("enableHTTP2", "enable_http2");
    public static readonly DiscoveryPart Filters = AddFilters;

    /// <summary>A key pair, where both are named.</summary>
    public static readonly DiscoveryPart AccessKeys = entry =>
    {
        if (entry.Source["accessKey"].Exists && entry.Source["secretKey"].Exists)
        {
            NeededSecret("accessKey", "access_key")(entry);
            NeededSecret("secretKey", "secret_key")(entry);
        }
    };

    /// <summary>As the document says, where it says it.</summary>
    public static DiscoveryPart Field(string field, string key) => entry => entry.Rendered.Copy(key, entry.Source[field]);

    public static DiscoveryPart Field(string field, VersionGate gate) =>
        entry => entry.Rendered.Copy(entry.Context, gate, entry.Source[field]);

    /// <summary>Always there, since the document must have it.</summary>
    public static DiscoveryPart Required(string field, string key) =>
        entry => entry.Rendered.Add(key, ConfigAdditions.Of(entry.Source[field]));

    public static DiscoveryPart RequiredText(string field, string key) => entry => entry.Rendered.Add(key, entry.Source[field].Text ?? "");

    public static DiscoveryPart RequiredLower(string field, string key) =>
        entry => entry.Rendered.Add(key, ConfigAdditions.Lower(entry.Source[field].Text ?? ""));

    public static DiscoveryPart Lower(string field, string key) => entry => entry.Rendered.CopyLower(key, entry.Source[field]);

    public static DiscoveryPart NonEmpty(string field, string key) => entry => entry.Rendered.CopyNonEmpty(key, entry.Source[field]);

    public static DiscoveryPart NonEmpty(string field, VersionGate gate) =>
        entry => entry.Rendered.CopyNonEmpty(entry.Context, gate, entry.Source[field]);

    /// <summary>
    /// A key of a Secret without which the discovery is of no use: the whole configuration is refused where it is missing.
    /// </summary>
    public static DiscoveryPart NeededSecret(string field, string key) =>
        entry =>
        {
            if (!entry.Source[field].Exists)
            {
                return;
            }

            if (entry.Context.Secret(entry.Namespace, entry.Source[field]) is { } value)
            {
                entry.Rendered.Add(key, value);
            }
            else
            {
                entry.Context.Refuse($"{field} cannot be read from its Secret; create it, or remove the discovery");
            }
        };

    /// <summary>A key of a Secret that stays empty where it is missing, as upstream leaves it.</summary>
    public static DiscoveryPart Secret(string field, string key) =>
        entry => entry.Rendered.Add(key, entry.Context.Secret(entry.Namespace, entry.Source[field]) ?? "");

    /// <summary>Fields that documents may have and prometheus-operator does not render for this discovery: said, not swallowed.</summary>
    public static DiscoveryPart Ignored(params string[] fields) =>
        entry =>
        {
            foreach (var field in fields.Where(field => entry.Source[field].Exists))
            {
                entry.Context.Warn($"{field} is not rendered for this service discovery, as prometheus-operator does not render it");
            }
        };

    private static void AddFilters(DiscoveryEntry entry)
    {
        var filters = entry
            .Source["filters"]
            .Items.OrderBy(filter => filter["name"].Text, StringComparer.Ordinal)
            .Select(filter => new ConfigMapping
            {
                { "name", filter["name"].Text ?? "" },
                { "values", ConfigSequence.OfTexts(filter["values"].Texts) },
            })
            .ToArray();
        if (filters.Length > 0)
        {
            entry.Rendered.Add("filters", new ConfigSequence(filters));
        }
    }
}
