using System.Collections.Immutable;

namespace GitOpsOperator.Sync.Git.Mirror;

/// <summary>What came of merging in memory.</summary>
public abstract record MergeOutcome
{
    /// <param name="Tree">Git's id of the tree, which is in the mirror's object database.</param>
    public sealed record Merged(string Tree) : MergeOutcome;

    /// <param name="Paths">Where both sides changed the same; fit for messages.</param>
    public sealed record Conflict(ImmutableArray<string> Paths) : MergeOutcome;

    /// <param name="Message">Whole sentences: what is too much of it.</param>
    public sealed record TooLarge(string Message) : MergeOutcome;

    /// <summary>The two have no commit in common.</summary>
    public sealed record Unrelated : MergeOutcome;
}
