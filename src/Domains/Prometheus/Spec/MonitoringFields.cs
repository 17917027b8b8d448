using System.Text.RegularExpressions;
using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Spec;

/// <summary>Every field of prometheus-operator's documents, from <c>fields.txt</c>, over Kubernetes' own types.</summary>
internal static partial class MonitoringFields
{
    private static readonly Lazy<FieldTable> Lazily = new(() =>
        FieldTable.Embedded(
            typeof(MonitoringFields),
            "prometheus-fields.txt",
            FieldTable.Kubernetes,
            new TextFormat("duration", text => PrometheusDuration.TryParse(text, out _), "give a duration such as 30s or 1h30m"),
            new TextFormat("size", ByteSize().IsMatch, "give a size such as 10MB or 1.5GiB")
        )
    );

    public static FieldTable Table => Lazily.Value;

    [GeneratedRegex(@"\A(?:0|[0-9]*\.?[0-9]+(?:[KMGTPE]i?)?B)\z", RegexOptions.CultureInvariant)]
    private static partial Regex ByteSize();
}
