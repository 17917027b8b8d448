namespace GitOpsOperator.Reconcile.Writing;

/// <summary>
/// The right to change anything: exactly one operator is active. It is asked right before each change, since a process can be stopped at
/// any moment and wake up when another has taken over.
/// </summary>
public interface ILeadership
{
    /// <summary>Whether a change that is sent now arrives before any other operator may act. Costs no call.</summary>
    bool Holds { get; }
}

/// <summary>The two ways to deal with leadership: to be elected, and to need no election.</summary>
public static class Leadership
{
    /// <summary>For a single operator, without election: what makes two harmless is then the record's compare-and-swap alone.</summary>
    public static ILeadership Unconditional { get; } = new Always();

    /// <exception cref="LeadershipLostException">This operator does not lead for certain, so nothing may be changed now.</exception>
    public static void EnsureLeader(this ILeadership leadership)
    {
        if (!leadership.Holds)
        {
            throw new LeadershipLostException();
        }
    }

    private sealed class Always : ILeadership
    {
        public bool Holds => true;
    }
}

/// <summary>This operator may not act, or not be sure that it may; nothing was sent.</summary>
public sealed class LeadershipLostException()
    : Exception("this operator does not hold the lease for certain, so it changes nothing; the holder of the lease is active");
