using System.Collections.Immutable;
using LibGit2Sharp;

namespace GitOpsOperator.Sync.Git.Mirror;

/// <summary>
/// Finds for paths the commit that last changed them, as <c>git log -1</c> does: back in history along the parent that has the
/// same content, until no parent has. All paths go back together, and a walk stops where an earlier one began, so that the
/// cost of a poll is its new commits.
/// </summary>
internal sealed class LastChanges(int maxCommits)
{
    private readonly Lock _lock = new();

    /// <summary>By path: a revision already walked from, the content there, and what was found.</summary>
    private ImmutableDictionary<string, Known> _known = ImmutableDictionary<string, Known>.Empty;

    public ImmutableDictionary<string, string> Find(Commit start, IEnumerable<string> paths)
    {
        ImmutableDictionary<string, Known> known;
        lock (_lock)
        {
            known = _known;
        }

        var content = paths
            .Distinct(StringComparer.Ordinal)
            .Select(path => (Path: path, Id: start.Tree[path]?.Target.Id))
            .Where(entry => entry.Id is not null)
            .ToDictionary(entry => entry.Path, entry => entry.Id!, StringComparer.Ordinal);
        var found = Walk(start, content, known);
        lock (_lock)
        {
            // Only what is asked for now is kept: paths that are gone do not pile up.
            _known = found.ToImmutableDictionary(entry => entry.Key, entry => new Known(start.Sha, content[entry.Key].Sha, entry.Value));
        }

        return found.ToImmutableDictionary();
    }

    private Dictionary<string, string> Walk(Commit start, Dictionary<string, ObjectId> content, ImmutableDictionary<string, Known> known)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        var waiting = new Dictionary<string, List<string>>(StringComparer.Ordinal) { [start.Sha] = [.. content.Keys] };
        var order = new PriorityQueue<Commit, long>();
        order.Enqueue(start, 0);
        for (var visited = 0; visited < maxCommits && order.TryDequeue(out var commit, out _); visited++)
        {
            if (!waiting.Remove(commit.Sha, out var paths))
            {
                continue;
            }

            paths.RemoveAll(path => Settled(path, commit.Sha));
            foreach (var parent in commit.Parents)
            {
                if (paths.Count == 0)
                {
                    break;
                }

                var same =
                    parent.Tree.Id == commit.Tree.Id
                        ? [.. paths]
                        : paths.Where(path => parent.Tree[path]?.Target.Id == content[path]).ToList();
                if (same.Count == 0)
                {
                    continue;
                }

                paths = [.. paths.Except(same, StringComparer.Ordinal)];
                if (waiting.TryGetValue(parent.Sha, out var already))
                {
                    already.AddRange(same);
                }
                else
                {
                    waiting[parent.Sha] = same;
                }

                // Newest first, so that paths which took different branches meet again at the fork.
                order.Enqueue(parent, -parent.Committer.When.ToUnixTimeSeconds());
            }

            foreach (var path in paths)
            {
                found[path] = commit.Sha;
            }
        }

        return found;

        bool Settled(string path, string commit)
        {
            if (!known.TryGetValue(path, out var earlier) || earlier.WalkedFrom != commit || earlier.BlobId != content[path].Sha)
            {
                return false;
            }

            found[path] = earlier.ChangedBy;
            return true;
        }
    }

    private sealed record Known(string WalkedFrom, string BlobId, string ChangedBy);
}
