using GitOpsOperator.Specs;

namespace GitOpsOperator.Domains.Etcd.Steps;

/// <summary>What a step was decided on is too old to act on: the process was stopped for a while, or something took too long.</summary>
internal sealed class StaleObservationException(ClusterKey cluster, TimeSpan age, TimeSpan limit)
    : Exception($"{cluster}: what was seen is {age.TotalSeconds:0.0} s old, and older than {limit.TotalSeconds:0} s is not acted upon");
