using System.Collections.Immutable;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Domains.Prometheus.Spec;

/// <summary>The rules for documents of prometheus-operator's kinds, beside those for all documents.</summary>
public static class PrometheusRules
{
    public static readonly Rule UnsupportedField = new(
        "unsupported-field",
        "Prometheus-operator knows the field, but this operator does not act on it."
    );

    public static readonly Rule PrometheusVersion = new(
        "prometheus-version",
        "The version of Prometheus is a release of 2 or 3, such as v3.5.0."
    );

    public static readonly ImmutableArray<Rule> All = [UnsupportedField, PrometheusVersion];
}
