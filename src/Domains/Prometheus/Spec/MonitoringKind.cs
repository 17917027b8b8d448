using System.Collections.Immutable;
using GitOpsOperator.Specs;
using GitOpsOperator.Specs.Kubernetes;
using GitOpsOperator.Specs.Reading;
using GitOpsOperator.Specs.Yaml;

namespace GitOpsOperator.Domains.Prometheus.Spec;

/// <summary>A kind of prometheus-operator, whose documents are taken unchanged.</summary>
public sealed class MonitoringKind : DocumentKind
{
    /// <summary><c>prometheus-NAME-shard-12-0</c> has to fit in 63 characters.</summary>
    private static readonly MetadataStyle OfPrometheus = MetadataStyle.Cluster with
    {
        Noun = "Prometheus",
        IgnoredFields = MetadataStyle.WrittenByTheCluster,
        IgnoredRootFields = ["status"],
        OwnAnnotations = ImmutableSortedDictionary.CreateRange<string, ImmutableArray<string>>([
            new(PrometheusDocument.ObjectsFromAnnotation, ["Git", "GitAndCluster"]),
        ]),
    };

    private readonly UnsupportedFields _unsupported;

    private MonitoringKind(string name, string version, params IEnumerable<string> unsupported)
    {
        (Name, Version) = (name, version);
        _unsupported = new(unsupported);
    }

    /// <summary>
    /// Fields of a Prometheus that do nothing: those of the Thanos sidecar, of the reloader, which this operator does not run, those that
    /// upstream itself has given up, and what would keep the operator from asking the processes how they are.
    /// </summary>
    public static readonly MonitoringKind Prometheus = new(
        "Prometheus",
        "v1",
        "allowOverlappingBlocks",
        "baseImage",
        "listenLocal",
        "podManagementPolicy",
        "podMetadata.name",
        "prometheusRulesExcludedFromEnforce",
        "reloadStrategy",
        "resources.claims",
        "sha",
        "shardRetentionPolicy",
        "shardingStrategy",
        "storage.volumeClaimTemplate.status",
        "tag",
        "thanos",
        "topologySpreadConstraints[].additionalLabelSelectors",
        "updateStrategy",
        "web.httpConfig",
        "web.tlsConfig"
    );

    public static readonly MonitoringKind ServiceMonitor = new("ServiceMonitor", "v1");
    public static readonly MonitoringKind PodMonitor = new("PodMonitor", "v1");
    public static readonly MonitoringKind Probe = new("Probe", "v1");
    public static readonly MonitoringKind PrometheusRule = new("PrometheusRule", "v1", "groups[].partial_response_strategy");
    public static readonly MonitoringKind ScrapeConfig = new("ScrapeConfig", "v1alpha1");

    /// <summary>All of them; the first defines clusters, the others are parts of those.</summary>
    public static readonly ImmutableArray<DocumentKind> All = [Prometheus, ServiceMonitor, PodMonitor, Probe, PrometheusRule, ScrapeConfig];

    /// <summary>
    /// The kinds that a Prometheus selects, of objects that the API server has. Whoever installed the definition may be ahead of this
    /// table:
    /// a field that it does not know is told and passed over, as an older prometheus-operator does.
    /// </summary>
    public static readonly ImmutableArray<MonitoringKind> InCluster =
    [
        .. All.Cast<MonitoringKind>()
            .Where(kind => !kind.DefinesCluster)
            .Select(kind => new MonitoringKind(kind.Name, kind.Version) { UnknownFields = FindingSeverity.Warning }),
    ];

    /// <summary>How URLs of Kubernetes name the kind.</summary>
    public string Resource => $"{Domain}s";

    private FindingSeverity UnknownFields { get; init; } = FindingSeverity.Error;

    /// <summary>Fields that upstream knows and this operator does not act on, each with all that is below it.</summary>
    public IReadOnlySet<string> Unsupported => _unsupported.Paths;

    public override string ApiGroup => "monitoring.coreos.com";

#pragma warning disable CA1308 // The domain of a key is in lower case.
    public override string Domain => Name.ToLowerInvariant();
#pragma warning restore CA1308

    public override string Name { get; }

    public override string Version { get; }

    public override ProjectedKind? Projected => DefinesCluster ? new(Domain, "ManagedPrometheus", "managedprometheuses") : null;

    /// <summary>A Prometheus is one; what it selects is part of it.</summary>
    public override bool DefinesCluster => this == Prometheus;

    public override ClusterDocument Assemble(
        ClusterDocument document,
        IReadOnlyCollection<ClusterDocument> all,
        IReadOnlySet<ClusterKey> broken
    ) => PrometheusDocument.Of((MonitoringDocument)document, all, broken);

    /// <summary>Declared by one kind of the domain, so that each stands in the documentation once.</summary>
    public override ImmutableArray<Rule> Rules => this == Prometheus ? PrometheusRules.All : [];

    public override MetadataStyle MetadataStyle => this == Prometheus ? OfPrometheus : MetadataStyle.Object;

    public override ClusterDocument? Read(Metadata? metadata, Fields spec)
    {
        var read = new SpecReader(spec.Findings, MonitoringFields.Table, _unsupported.Advise, UnknownFields).Read(
            spec.Mapping,
            $"{Name}Spec"
        );
        if (this == Prometheus)
        {
            CheckVersion(spec, read);
        }

        return metadata is null
            ? null
            : new MonitoringDocument(metadata.Key, metadata.Location, metadata.BlobId, metadata.Labels, metadata.Annotations, Name, read);
    }

    private static void CheckVersion(Fields spec, SpecNode read)
    {
        if (read["version"].NonEmptyText is { } text && !(PrometheusVersion.TryParse(text, out var version) && version.Major is 2 or 3))
        {
            spec.Error(
                "version",
                $"{Shown.Quoted(text)} is no supported version of Prometheus; give a release of 2 or 3, such as v3.5.0",
                PrometheusRules.PrometheusVersion
            );
        }
    }
}
