using System.Collections.Immutable;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Domains.Prometheus.Spec;

/// <summary>
/// One Prometheus with all that it may select: a cluster of its own. Which of the objects it does select is for
/// <see cref="MonitorSelection"/> to say.
/// </summary>
/// <param name="Prometheus">The document of kind Prometheus.</param>
/// <param name="Objects">Every monitor, probe, scrape configuration and rule of the same repository, by key.</param>
public sealed record PrometheusDocument(
    ClusterKey Key,
    SourceLocation Location,
    string BlobId,
    ImmutableSortedDictionary<string, string> Labels,
    ImmutableSortedDictionary<string, string> Annotations,
    MonitoringDocument Prometheus,
    ImmutableArray<MonitoringDocument> Objects
) : ClusterDocument(Key, Location, BlobId, Labels, Annotations)
{
    /// <summary>What runs where <c>spec.image</c> is absent, with the version as its tag.</summary>
    public const string DefaultImageRepository = "quay.io/prometheus/prometheus";

    /// <summary>
    /// Whether monitors and rules of the cluster itself may be selected beside those of git, where the operator watches them: <c>Git</c> or
    /// <c>GitAndCluster</c>.
    /// </summary>
    public const string ObjectsFromAnnotation = "gitops-operator.dev/objects-from";

    /// <summary>Null where the document does not say; then it is as the operator is configured.</summary>
    public bool? TakesFromCluster => Annotations.TryGetValue(ObjectsFromAnnotation, out var from) ? from == "GitAndCluster" : null;

    /// <summary>The parts whose documents in git cannot be used now; what was known of them before stays in force.</summary>
    public ImmutableArray<ClusterKey> BrokenObjects { get; init; } = [];

    public bool Equals(PrometheusDocument? other) =>
        base.Equals(other)
        && Prometheus == other.Prometheus
        && Objects.SequenceEqual(other.Objects)
        && BrokenObjects.SequenceEqual(other.BrokenObjects);

    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), Objects.Length);

    internal static PrometheusDocument Of(MonitoringDocument prometheus, IEnumerable<ClusterDocument> all, IEnumerable<ClusterKey> broken)
    {
        var objects = all.OfType<MonitoringDocument>()
            .Where(document => document.Kind != MonitoringKind.Prometheus.Name)
            .OrderBy(document => document.Key)
            .ToImmutableArray();
        var selected = objects.Where(candidate =>
            MonitorSelection.Evaluate(prometheus, candidate, MonitorSelection.KnownLabels(candidate.Key.Namespace)).IsSelected
        );
        var fields = prometheus.Fields.Concat(
            selected.SelectMany(candidate =>
                candidate
                    .Fields.Where(field => field.Key.StartsWith("spec", StringComparison.Ordinal))
                    .Select(field =>
                        KeyValuePair.Create($"{candidate.Kind} {candidate.Key.Namespace}/{candidate.Key.Name} {field.Key}", field.Value)
                    )
            )
        );
        return new(prometheus.Key, prometheus.Location, prometheus.BlobId, prometheus.Labels, prometheus.Annotations, prometheus, objects)
        {
            Fields = fields.ToImmutableSortedDictionary(StringComparer.Ordinal),
            BrokenObjects =
            [
                .. broken
                    .Where(key => key.Domain != prometheus.Key.Domain && MonitoringKind.All.Any(kind => kind.Domain == key.Domain))
                    .Order(),
            ],
        };
    }
}
