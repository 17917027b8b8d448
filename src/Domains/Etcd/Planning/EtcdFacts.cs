using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>
/// All that a pass over an etcd cluster was decided on, as it is recorded: whoever has it can have the planner decide again.
/// </summary>
public sealed record EtcdFacts(EtcdDesired Desired, EtcdLive Live)
{
    /// <summary>The rule that decides on these facts, and what; one line.</summary>
    public string Words(Decision<EtcdStep> decision, string rule) => DecisionText.Of(decision, rule, step => step.Describe(Live).Sentence);
}
