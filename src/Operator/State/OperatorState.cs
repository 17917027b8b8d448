namespace GitOpsOperator.Operator.State;

/// <summary>
/// All that the operator knows, in one place: what follows repositories, clusters, pull requests and the Lease writes it, and what shows it
/// (status branch, custom resources, page, metrics, comments) only reads.
/// </summary>
internal sealed class OperatorState(LeadershipState leadership, KnownRepositories repositories)
{
    private volatile bool _isLiveStateKnown;
    private volatile string? _stoppedBecause;

    public KnownClusters Clusters { get; } = new();

    public KnownRepositories Repositories => repositories;

    public OpenPullRequests PullRequests { get; } = new();

    public LeadershipState Leadership => leadership;

    /// <summary>What is in Kubernetes has been listed for the first time.</summary>
    public bool IsLiveStateKnown
    {
        get => _isLiveStateKnown;
        set => _isLiveStateKnown = value;
    }

    /// <summary>Why nothing is changed, where somebody has thrown the stop switch.</summary>
    public string? StoppedBecause
    {
        get => _stoppedBecause;
        set => _stoppedBecause = value;
    }
}
