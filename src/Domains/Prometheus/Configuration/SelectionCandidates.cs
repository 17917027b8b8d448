using System.Collections.Immutable;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Spec;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>
/// All that a Prometheus may select, with where each comes from: the documents of its repository and, where it is to be so, what the
/// cluster itself has. What git has is git's to say: an object of the same kind and name in the cluster is not looked at.
/// </summary>
internal sealed class SelectionCandidates
{
    private readonly SelectableObjects _live;
    private readonly ImmutableHashSet<ClusterKey> _ofCluster;
    private readonly string? _refusal;
    private readonly bool _knowsNamespaces;
    private readonly ImmutableArray<string> _byNamespaceLabels;

    private SelectionCandidates(PrometheusDocument document, SelectableObjects live, bool takes, bool knowsNamespaces, string? refusal)
    {
        var inGit = document.Objects.Select(item => item.Key).ToHashSet();
        var added = takes ? live.Objects.Where(item => !inGit.Contains(item.Key)).ToList() : [];
        (_live, _refusal) = (takes ? live : live with { Findings = [] }, refusal);
        _knowsNamespaces = knowsNamespaces;
        _byNamespaceLabels = knowsNamespaces ? [] : [.. MonitorSelection.FieldsByNamespaceLabels(document.Prometheus)];
        _ofCluster = [.. added.Select(item => item.Key)];
        Objects = added.Count == 0 ? document.Objects : [.. document.Objects.Concat(added).OrderBy(item => item.Key)];
    }

    public ImmutableArray<MonitoringDocument> Objects { get; }

    public static SelectionCandidates Of(PrometheusDocument document, ISelectableObjects? cluster) =>
        new(
            document,
            cluster?.Now ?? SelectableObjects.None,
            takes: cluster is { WatchesMonitors: true } && document.TakesFromCluster != false,
            knowsNamespaces: cluster is not { KnowsNamespaces: false },
            refusal: cluster is { WatchesMonitors: false } && document.TakesFromCluster == true
                ? $"{PrometheusDocument.ObjectsFromAnnotation} asks for monitors and rules of the cluster, which this operator is not "
                    + "configured to watch (prometheus.objectsFromCluster)"
                : null
        );

    /// <summary>
    /// Those of the API server where they are known, else those that every namespace has; null where more may be there that is not known.
    /// </summary>
    public IReadOnlyDictionary<string, string>? LabelsOf(string @namespace) =>
        !_knowsNamespaces ? null
        : _live.NamespaceLabels.GetValueOrDefault(@namespace) is { Count: > 0 } labels ? labels
        : MonitorSelection.KnownLabels(@namespace);

    public bool IsOfCluster(MonitoringDocument item) => _ofCluster.Contains(item.Key);

    public string PlaceOf(MonitoringDocument item) => IsOfCluster(item) ? "in the cluster" : $"{item.Location.Path}:{item.Location.Line}";

    /// <summary>
    /// What is wrong with objects of the cluster: those that cannot be read, since it cannot be said that they would not have been
    /// selected, and of those that are selected what is passed over.
    /// </summary>
    public IEnumerable<string> NotesOn(IReadOnlySet<ClusterKey> selected) =>
        [
            .. _refusal is { } refusal ? new[] { refusal } : [],
            .. _byNamespaceLabels.Select(field =>
                $"{field} goes by labels of namespaces, which are not known to an operator that is kept to some namespaces "
                + "(namespaces in its configuration): it selects nothing by them"
            ),
            .. _live
                .Findings.Where(finding =>
                    finding.Severity == FindingSeverity.Error
                    || (finding.Subject is { } subject && selected.Contains(subject) && _ofCluster.Contains(subject))
                )
                .Select(finding =>
                    $"in the cluster: {NameOf(finding)}{(finding.Severity == FindingSeverity.Error ? " is left out" : "")}: "
                    + $"{(finding.Field.Length == 0 ? "" : finding.Field + ": ")}{finding.Message}"
                ),
        ];

    /// <summary>The name that its text was read under, without the ending that makes it a document.</summary>
    private static string NameOf(Finding finding) => Path.ChangeExtension(finding.Location.Path, null);
}
