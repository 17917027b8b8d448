using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Spec;

/// <summary>Whether a Prometheus selects an object, and why.</summary>
/// <param name="Reason">For a person: what selected it, or what did not match.</param>
public sealed record SelectionResult(bool IsSelected, string Reason);

/// <summary>
/// Selection as upstream does it (https://prometheus-operator.dev/docs/api-reference/api/): no selector selects nothing, an empty one
/// everything; without a selector of namespaces only the Prometheus' own is looked into, with an empty one all are.
/// </summary>
public static class MonitorSelection
{
    private static readonly string[] TlsFiles = ["caFile", "certFile", "keyFile"];

    /// <param name="namespaceLabels">
    /// The labels of the object's namespace; null where only those are known that every namespace has.
    /// </param>
    public static SelectionResult Evaluate(
        MonitoringDocument prometheus,
        MonitoringDocument candidate,
        IReadOnlyDictionary<string, string>? namespaceLabels
    )
    {
        var field = Prefix(candidate.Kind);
        var byLabels = prometheus.Spec[$"{field}Selector"];
        if (!byLabels.Exists)
        {
            return new(false, $"{field}Selector is not set, which selects nothing; {{}} would select all");
        }

        if (NamespaceMismatch(prometheus, candidate, field, namespaceLabels) is { } wrongNamespace)
        {
            return new(false, wrongNamespace);
        }

        return new LabelSelector(byLabels).Mismatch(candidate.Labels) is { } condition ? new(false, $"{field}Selector wants {condition}")
            : FileAccess(prometheus, candidate) is { } forbidden ? new(false, forbidden)
            : new(true, byLabels.IsBlank ? $"{field}Selector is empty, which selects all" : $"{field}Selector matches its labels");
    }

    /// <summary>
    /// What every namespace is labelled with by the API server itself (https://kubernetes.io/docs/reference/labels-annotations-taints/).
    /// </summary>
    public static IReadOnlyDictionary<string, string> KnownLabels(string @namespace) =>
        new Dictionary<string, string> { ["kubernetes.io/metadata.name"] = @namespace };

    /// <summary>The selectors of namespaces that go by labels which not every namespace has; by name of the field.</summary>
    public static IEnumerable<string> FieldsByNamespaceLabels(MonitoringDocument prometheus) =>
        from kind in MonitoringKind.InCluster
        let field = $"{Prefix(kind.Name)}NamespaceSelector"
        where prometheus.Spec[field] is { Exists: true, IsBlank: false } selector && !AsksOnlyForKnownLabels(selector)
        select field;

    private static bool AsksOnlyForKnownLabels(SpecNode selector) => new LabelSelector(selector).Labels.All(KnownLabels("").ContainsKey);

    private static string? NamespaceMismatch(
        MonitoringDocument prometheus,
        MonitoringDocument candidate,
        string field,
        IReadOnlyDictionary<string, string>? labels
    )
    {
        var byNamespace = prometheus.Spec[$"{field}NamespaceSelector"];
        if (!byNamespace.Exists)
        {
            return candidate.Key.Namespace == prometheus.Key.Namespace
                ? null
                : $"it is in namespace {candidate.Key.Namespace}, and without {field}NamespaceSelector only "
                    + $"{prometheus.Key.Namespace} is looked into";
        }

        if (byNamespace.IsBlank)
        {
            return null;
        }

        if (labels is null && AsksOnlyForKnownLabels(byNamespace))
        {
            labels = KnownLabels(candidate.Key.Namespace);
        }

        return labels is null ? $"the labels of namespace {candidate.Key.Namespace} are not known, which {field}NamespaceSelector asks for"
            : new LabelSelector(byNamespace).Mismatch(labels) is { } condition
                ? $"{field}NamespaceSelector wants {condition} of namespace {candidate.Key.Namespace}"
            : null;
    }

    /// <summary>
    /// A monitor that has Prometheus read files of its own container can have it send its service account's token anywhere
    /// (https://prometheus-operator.dev/docs/api-reference/api/, ArbitraryFSAccessThroughSMsConfig). As upstream, of ServiceMonitors.
    /// </summary>
    private static string? FileAccess(MonitoringDocument prometheus, MonitoringDocument candidate)
    {
        if (prometheus.Spec["arbitraryFSAccessThroughSMs"]["deny"].Boolean != true || candidate.Kind != MonitoringKind.ServiceMonitor.Name)
        {
            return null;
        }

        return
            candidate
                .Spec["endpoints"]
                .Items.SelectMany((endpoint, index) => FilesOf(endpoint).Select(file => $"endpoints[{index}].{file}"))
                .FirstOrDefault()
                is { } first
            ? $"arbitraryFSAccessThroughSMs.deny is true, and {first} names a file in Prometheus' own container; name a Secret instead"
            : null;
    }

    private static IEnumerable<string> FilesOf(SpecNode endpoint) =>
        [
            .. endpoint["bearerTokenFile"].NonEmptyText is null ? Array.Empty<string>() : ["bearerTokenFile"],
            .. TlsFiles.Where(file => endpoint["tlsConfig"][file].NonEmptyText is not null).Select(file => $"tlsConfig.{file}"),
        ];

    private static string Prefix(string kind) =>
        kind switch
        {
            "ServiceMonitor" => "serviceMonitor",
            "PodMonitor" => "podMonitor",
            "Probe" => "probe",
            "PrometheusRule" => "rule",
            "ScrapeConfig" => "scrapeConfig",
            _ => throw new ArgumentException($"A Prometheus selects no {kind}", nameof(kind)),
        };
}
