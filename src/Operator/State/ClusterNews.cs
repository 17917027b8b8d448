using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.State;

/// <summary>Of this cluster something new may be known. What it is stands in the state: whoever is told reads it there.</summary>
/// <param name="Repository">URL of the repository that it is known by.</param>
internal readonly record struct ClusterNews(string Repository, ClusterKey Cluster);
