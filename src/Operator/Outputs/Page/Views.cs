using System.Collections.Immutable;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.Outputs.Page;

/// <summary>The operator itself, as every page shows it.</summary>
/// <param name="Acts">Of several replicas, this is the one that acts.</param>
/// <param name="Leader">Who acts where this one does not, as far as it is known.</param>
/// <param name="Stopped">Why it changes nothing, where somebody has stopped it.</param>
public sealed record OperatorView(string Id, string Version, bool Acts, string? Leader, string? Stopped);

/// <summary>A repository that is followed.</summary>
/// <param name="Age">Since it was last looked at without a fault; null before that.</param>
public sealed record RepositoryView(string Name, string? Revision, string? Fault, TimeSpan? Age, ImmutableArray<Finding> Findings);
