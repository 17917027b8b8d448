using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Etcd.Steps;

/// <summary>
/// One thing to do to a cluster. Each step is one file of this folder: what it holds, what it means to people, how it is carried out, and
/// what follows from it on the model. Every step may be stopped anywhere and done again: what is done already is found done. What was
/// decided is not decided again when it is carried out, but what was seen must still be fresh when a change of etcd is sent.
/// </summary>
public abstract partial record EtcdStep : IStep<EtcdLive>
{
    private static readonly StepOutcome Done = new StepOutcome.Done();

    private static readonly StepOutcome NoVoter = new StepOutcome.NotYet("no voter answers a linearizable read, so etcd takes no change");

    private EtcdStep() { }

    /// <inheritdoc/>
    public abstract StepDescription Describe(EtcdLive before);

    internal abstract Task<StepOutcome> ExecuteAsync(EtcdExecution execution, CancellationToken cancellationToken);

    /// <summary>The state right after the step's calls have succeeded, before anything has reacted to them. Pure.</summary>
    internal abstract EtcdLive ApplyTo(EtcdLive live, EtcdModel model);

    private static EtcdNames Names(EtcdLive live) => new(live.Cluster);
}
