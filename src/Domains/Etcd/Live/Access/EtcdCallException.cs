namespace GitOpsOperator.Domains.Etcd.Live.Access;

/// <summary>Why a call to a member did not succeed, told apart as far as decisions need it.</summary>
public enum EtcdFailure
{
    /// <summary>Nothing took the connection, or it broke.</summary>
    Unreachable,

    /// <summary>No answer within the deadline. Whether the call had an effect is unknown.</summary>
    TimedOut,

    /// <summary>The member lives, but as a learner it does not answer this.</summary>
    Learner,

    /// <summary>The member answered that it will not, or not now.</summary>
    Refused,

    /// <summary>
    /// The member answered that a peer is not connected to it, or was not for the last five seconds, so it takes no change of members
    /// (etcd's <c>ErrUnhealthy</c>). Another member may see it otherwise.
    /// </summary>
    UnhealthyCluster,

    /// <summary>The member of the list that was named does not exist.</summary>
    NotFound,

    /// <summary>Anything else: a fault of etcd's or of ours.</summary>
    Fault,
}

/// <summary>A call to one member that did not succeed.</summary>
/// <param name="detail">etcd's own words.</param>
public sealed class EtcdCallException(string endpoint, string call, EtcdFailure failure, string detail, Exception inner)
    : Exception($"etcd {call} at {endpoint}: {failure}: {detail}", inner)
{
    public EtcdFailure Failure { get; } = failure;

    public string Detail { get; } = detail;
}
