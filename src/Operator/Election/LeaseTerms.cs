namespace GitOpsOperator.Operator.Election;

/// <summary>Which Lease is contended for, by whom, and for how long it is held.</summary>
/// <param name="Identity">
/// Of this process and no other, not even of an earlier one in the same pod: whoever finds it in the Lease wrote it.
/// </param>
/// <param name="Duration">Others take the Lease when they have seen it unchanged for this long, by their own monotonic clock.</param>
/// <param name="RenewDeadline">
/// The holder is active until this long after it sent its last renewal that succeeded. What is left of <paramref name="Duration"/> is the
/// margin in which a call that was sent at the last moment ends or arrives.
/// </param>
/// <param name="RetryPeriod">Time between two looks of a contender, and between two tries of a holder that cannot renew.</param>
internal sealed record LeaseTerms(
    string Namespace,
    string Name,
    string Identity,
    TimeSpan Duration,
    TimeSpan RenewDeadline,
    TimeSpan RetryPeriod
)
{
    /// <summary>A call to etcd has a deadline of 2 s.</summary>
    public static readonly TimeSpan LeastMargin = TimeSpan.FromSeconds(3);

    /// <summary>Three renewals may fail before the holder has to stop acting.</summary>
    public TimeSpan RenewInterval => RenewDeadline / 4;

    /// <summary>A call that takes longer is given up and counts as failed.</summary>
    public TimeSpan CallLimit => RenewDeadline / 4;
}
