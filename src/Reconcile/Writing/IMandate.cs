namespace GitOpsOperator.Reconcile.Writing;

/// <summary>
/// The right to change anything: exactly one operator acts. It is asked right before each change, since a process can be stopped at any
/// moment and wake up when another has taken over.
/// </summary>
public interface IMandate
{
    /// <summary>Whether a change that is sent now arrives before any other operator may act. Costs no call.</summary>
    bool Holds { get; }
}

/// <summary>The two ways to deal with a mandate: to ask for one, and to need none.</summary>
public static class Mandate
{
    /// <summary>For a single operator, without election: what makes two harmless is then the record's compare-and-swap alone.</summary>
    public static IMandate Unconditional { get; } = new Always();

    /// <exception cref="MandateLostException">Nothing may be changed now.</exception>
    public static void Demand(this IMandate mandate)
    {
        if (!mandate.Holds)
        {
            throw new MandateLostException();
        }
    }

    private sealed class Always : IMandate
    {
        public bool Holds => true;
    }
}

/// <summary>This operator may not act, or not be sure that it may; nothing was sent.</summary>
public sealed class MandateLostException()
    : Exception("this operator does not hold the lease for certain, so it changes nothing; whoever holds it acts");
