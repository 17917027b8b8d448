using GitOpsOperator.Domains.Etcd.Live;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>
/// All that a pass over an etcd cluster was decided on, as it is recorded: whoever has it can have the planner decide again.
/// </summary>
public sealed record EtcdFacts(EtcdDesired Desired, EtcdLive Live);
