using System.Collections.Immutable;
using GitOpsOperator.Domains.Prometheus.Spec;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Reviews;
using GitOpsOperator.Specs;
using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Live;

/// <summary>The desired state of one Prometheus.</summary>
/// <param name="Commit">The last commit that changed its document.</param>
/// <param name="RepositoryMode">What is done about drift.</param>
public sealed record PrometheusDesired(
    ClusterKey Cluster,
    OwnerId Owner,
    string Repository,
    string Commit,
    PrometheusDocument Document,
    DriftMode RepositoryMode
) : IDesired
{
    /// <summary>What a reviewer was told of the change before it was merged; null where it was not reviewed.</summary>
    public ReviewedPlan? Reviewed { get; init; }

    public SpecNode Spec => Document.Prometheus.Spec;

    /// <summary>At least 1.</summary>
    public int Shards => (int)Math.Clamp(Spec["shards"].WholeNumber ?? 1, 1, 1000);

    /// <summary>Of each shard.</summary>
    public int Replicas => (int)Math.Clamp(Spec["replicas"].WholeNumber ?? 1, 0, 1000);

    public Retention Retention => Retention.Desired(Spec);

    /// <summary>
    /// Pods are restarted also where this version of the operator renders the same wish differently. An annotation, since the document's
    /// fields are prometheus-operator's.
    /// </summary>
    public bool RollsForRendering =>
        Document.Annotations.GetValueOrDefault(ClusterDocument.RolloutPolicyAnnotation) == nameof(RolloutPolicy.Always);

    public bool Paused => Spec["paused"].Boolean == true;

    /// <summary>What Prometheus puts before every path, without slashes at its ends.</summary>
    public string RoutePrefix => (Spec["routePrefix"].NonEmptyText ?? "/").Trim('/');
}

/// <summary>What the documents come to.</summary>
/// <param name="Files">Null where nothing can be made of them.</param>
/// <param name="Refusal">Why not.</param>
/// <param name="Selection">Of each object whether it is in, and why.</param>
/// <param name="Notes">What an author should know.</param>
public sealed record RenderedFiles(
    PrometheusFiles? Files,
    string? Refusal,
    ImmutableArray<SelectedObject> Selection,
    ImmutableArray<string> Notes
)
{
    public static readonly RenderedFiles None = new(null, "nothing has been rendered yet", [], []);
}

/// <summary>One object, and whether this Prometheus has it.</summary>
public sealed record SelectedObject(string Name, string Place, bool IsIn, string Reason);
