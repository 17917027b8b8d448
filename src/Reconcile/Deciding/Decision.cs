namespace GitOpsOperator.Reconcile.Deciding;

/// <summary>
/// The answer of a planner's <c>Next(desired, live)</c>. The same answer drives the executor, the printed plan and the proofs.
/// </summary>
public abstract record Decision<TStep>
{
    /// <summary>Why nothing is done; null where something is done, expected or reached.</summary>
    public virtual Blocker? Blocker => null;

    /// <summary>Do this, and nothing else, then observe again.</summary>
    public sealed record Act(TStep Step) : Decision<TStep>;

    /// <summary>The world is expected to get there by itself.</summary>
    /// <param name="Expected">What is waited for, as a sentence without a full stop.</param>
    public sealed record Progress(string Expected) : Decision<TStep>;

    /// <summary>Nothing safe can be done until something outside changes.</summary>
    public sealed record Blocked(Blocker By) : Decision<TStep>
    {
        public Blocked(string rule, string reason, string remediation)
            : this(new Blocker(rule, reason, remediation)) { }

        public override Blocker Blocker => By;
    }

    /// <summary>Live is as desired.</summary>
    public sealed record Converged : Decision<TStep>;

    /// <summary>What is desired is not done, by a rule, whatever time passes.</summary>
    public sealed record Refused(Blocker By) : Decision<TStep>
    {
        public Refused(string rule, string reason, string remediation)
            : this(new Blocker(rule, reason, remediation)) { }

        public override Blocker Blocker => By;
    }
}
