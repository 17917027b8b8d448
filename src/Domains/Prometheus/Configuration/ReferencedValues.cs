using System.Collections.Immutable;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>The values of Secrets and ConfigMaps that documents refer to, as read from the cluster. Never printed.</summary>
public sealed class ReferencedValues
{
    public static readonly ReferencedValues None = new(_ => null);

    /// <summary>As if all were there: where one that is missing ends the question for others, this is how all of them are found.</summary>
    public static readonly ReferencedValues Assumed = new(_ => ConfigurationSecrets.Mark);

    private readonly Func<ValueReference, string?> _find;

    public ReferencedValues(ImmutableDictionary<ValueReference, string> values)
        : this(reference => values.GetValueOrDefault(reference)) { }

    private ReferencedValues(Func<ValueReference, string?> find) => _find = find;

    public string? Find(ValueReference reference) => _find(reference);

    /// <summary>The same with a mark in place of each value that is of a Secret, for what people are shown.</summary>
    public ReferencedValues Masked() =>
        new(reference =>
            _find(reference) is { Length: > 0 } value
                ? reference.IsSecret
                    ? ConfigurationSecrets.Mark
                    : value
                : _find(reference)
        );
}

/// <summary>One key of a Secret or ConfigMap.</summary>
/// <param name="IsSecret">Otherwise it is of a ConfigMap.</param>
public readonly record struct ValueReference(bool IsSecret, string Namespace, string Name, string Key)
{
    public override string ToString() => $"{(IsSecret ? "Secret" : "ConfigMap")} {Namespace}/{Name}, key {Key}";
}

/// <summary>Where a value is needed, be it there or not.</summary>
/// <param name="Job">The job or section that needs it.</param>
/// <param name="File">File beside the configuration that is to hold it; null where it stands in the configuration.</param>
public sealed record ValueUse(string Job, ValueReference Reference, string? File);
