using GitOpsOperator.Specs;

namespace GitOpsOperator.Reconcile.Deciding;

/// <summary>What is desired of one cluster: what every domain's desired state has.</summary>
public interface IDesired
{
    ClusterKey Cluster { get; }

    /// <summary>The last commit that changed the document.</summary>
    string Commit { get; }
}
