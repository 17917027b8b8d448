using System.Collections.Immutable;

namespace GitOpsOperator.Reconcile.Plans;

/// <summary>How one part of a file that pods read would change.</summary>
/// <param name="Title">What part it is.</param>
/// <param name="Lines">As of a unified diff: each starts with <c>+</c>, <c>-</c>, a space or <c>@@</c>. Nothing secret is in them.</param>
public sealed record TextDiff(string Title, ImmutableArray<string> Lines);
