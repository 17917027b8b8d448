using System.Collections.Immutable;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.State;

/// <summary>What is to be said of a repository as a whole.</summary>
/// <param name="Error">Why it cannot be followed now; null while it can.</param>
/// <param name="Findings">Everything found wrong in its documents at <paramref name="Revision"/>.</param>
public sealed record RepositoryReport(string Repository, string? Revision, string? Error, ImmutableArray<Finding> Findings);
