using LibGit2Sharp;

namespace GitOpsOperator.Sync.Git.Mirror;

/// <summary>
/// What merging a proposal would make the merge read. It walks whole trees and knows no limit, and whoever opens a pull request can
/// propose a few small trees that are nested into one of billions of entries.
/// </summary>
internal sealed class MergeCost(Repository repository, RepositoryLimits limits)
{
    private int _entries;

    /// <summary>Walks what the proposal has other than the commit that it started from.</summary>
    /// <returns>Why it is too much, as the end of a sentence; null where it is not.</returns>
    public string? Excess(Tree from, Tree proposed) => from.Id == proposed.Id ? null : Excess(from, proposed, 0);

    private string? Excess(Tree? from, Tree proposed, int depth)
    {
        if (depth > limits.MaxTreeDepth)
        {
            return $"nests folders deeper than {limits.MaxTreeDepth}";
        }

        foreach (var entry in proposed)
        {
            var before = from?[entry.Name];
            if (before?.Target.Id == entry.Target.Id)
            {
                continue;
            }

            if (++_entries > limits.MaxTreeEntries)
            {
                return $"changes more than {limits.MaxTreeEntries} entries";
            }

            var excess = entry.TargetType switch
            {
                TreeEntryTargetType.Tree => Excess(before?.Target as Tree, (Tree)entry.Target, depth + 1),
                TreeEntryTargetType.Blob when before is { TargetType: TreeEntryTargetType.Blob } => ExcessOf(entry),
                _ => null,
            };
            if (excess is not null)
            {
                return excess;
            }
        }

        return null;
    }

    // Lines of both sides are compared in memory.
    private string? ExcessOf(TreeEntry changed) =>
        repository.ObjectDatabase.RetrieveObjectMetadata(changed.Target.Id) is { } metadata && metadata.Size > limits.MaxTotalBytes
            ? $"changes a file to one of {metadata.Size} bytes"
            : null;
}
