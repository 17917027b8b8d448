using System.Collections.Immutable;
using System.Text.RegularExpressions;
using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Spec;

/// <summary>Which fields of a kind upstream knows and this operator does nothing about.</summary>
/// <param name="fields">Paths below <c>spec</c>; every entry of a list is <c>[]</c>.</param>
public sealed partial class UnsupportedFields(IEnumerable<string> fields)
{
    /// <summary>
    /// Whoever names an entry of a Secret may call it optional, and neither here nor upstream does that do anything: what is missing is a
    /// finding. It does where Kubernetes reads it, and for the three files of Prometheus' own words.
    /// </summary>
    private const string Optional = ".optional";

    private static readonly ImmutableArray<string> OptionalCounts =
    [
        "spec.containers[]",
        "spec.initContainers[]",
        "spec.volumes[]",
        "spec.additionalScrapeConfigs",
        "spec.additionalAlertRelabelConfigs",
        "spec.additionalAlertManagerConfigs",
    ];

    public ImmutableHashSet<string> Paths { get; } = [.. fields.Select(field => $"spec.{field}")];

    /// <param name="path">As findings name it.</param>
    public bool Contains(string path)
    {
        var general = Index().Replace(path, "[]");
        return Paths.Contains(general)
            || (
                general.EndsWith(Optional, StringComparison.Ordinal)
                && !OptionalCounts.Any(start => general.StartsWith(start, StringComparison.Ordinal))
            );
    }

    /// <summary>What to tell about a field that has no effect; null where it has one.</summary>
    public FieldAdvice? Advise(string path) =>
        Contains(path)
            ? new(
                PrometheusRules.UnsupportedField,
                "prometheus-operator knows this field, but here it has no effect; remove it if you can do without"
            )
            : null;

    [GeneratedRegex(@"\[[0-9]+\]")]
    private static partial Regex Index();
}
