using System.Collections.Immutable;

namespace GitOpsOperator.Reconcile.Prometheus.Rendering;

/// <summary>The values of Secrets and ConfigMaps that documents refer to, as read from the cluster. Never printed.</summary>
public sealed class ReferencedValues(
    ImmutableDictionary<ValueReference, string> secrets, ImmutableDictionary<ValueReference, string> configMaps)
{
    public static readonly ReferencedValues None = new(
        ImmutableDictionary<ValueReference, string>.Empty, ImmutableDictionary<ValueReference, string>.Empty);

    public string? Secret(ValueReference reference) => secrets.GetValueOrDefault(reference);

    public string? ConfigMap(ValueReference reference) => configMaps.GetValueOrDefault(reference);
}

/// <summary>One key of a Secret or ConfigMap.</summary>
public readonly record struct ValueReference(string Namespace, string Name, string Key)
{
    public override string ToString() => $"{Namespace}/{Name}, key {Key}";
}
