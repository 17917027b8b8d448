using System.Collections.Immutable;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.Outputs.Page;

/// <summary>The operator itself, as every page shows it.</summary>
/// <param name="IsActive">Of several replicas, this is the active one.</param>
/// <param name="Leader">The active replica where this one is not, as far as it is known.</param>
/// <param name="Stopped">Why it changes nothing, where somebody has stopped it.</param>
public sealed record OperatorView(string Id, string Version, bool IsActive, string? Leader, string? Stopped);

/// <summary>A repository that is followed.</summary>
/// <param name="Age">Since it was last polled without an error; null before that.</param>
public sealed record RepositoryView(string Name, string? Revision, string? Error, TimeSpan? Age, ImmutableArray<Finding> Findings);
