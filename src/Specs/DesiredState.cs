using System.Collections.Immutable;

namespace GitOpsOperator.Specs;

/// <summary>
/// Everything that one revision of a repository says. A cluster named by an error's <see cref="Finding.Subject"/>
/// has no document here and stays as it last was.
/// </summary>
public sealed record DesiredState(ImmutableArray<ClusterDocument> Documents, ImmutableArray<Finding> Findings);
