using System.Collections.Immutable;
using GitOpsOperator.Specs;
using LibGit2Sharp;

namespace GitOpsOperator.Sync.Git.Mirror;

/// <summary>Reads the YAML files below one path out of a tree of the object database, and refuses what no file of documents is.</summary>
internal sealed class TreeReader(Repository repository, RepositoryLimits limits)
{
    private readonly ImmutableArray<SourceFile>.Builder _files = ImmutableArray.CreateBuilder<SourceFile>();
    private readonly ImmutableArray<Finding>.Builder _findings = ImmutableArray.CreateBuilder<Finding>();
    private readonly ImmutableArray<string>.Builder _refused = ImmutableArray.CreateBuilder<string>();
    private int _entries;
    private long _bytes;

    /// <param name="name">What to call the tree in messages.</param>
    public RevisionFiles Read(Tree root, string name, string path)
    {
        try
        {
            if (path.Length == 0)
            {
                ReadTree(root, "", 0);
            }
            else if (root[path] is not { } entry)
            {
                return new RevisionFiles.PathMissing(
                    $"The path '{path}' is not in {name}. Nothing is changed; put it back, or correct the configured path."
                );
            }
            else if (entry is { TargetType: TreeEntryTargetType.Tree, Target: Tree tree })
            {
                ReadTree(tree, path, 0);
            }
            else
            {
                ReadEntry(entry, path, 0);
            }
        }
        catch (LimitPassedException e)
        {
            return new RevisionFiles.TooLarge(
                $"{char.ToUpperInvariant(name[0])}{name[1..]} {e.Message}. Nothing is changed; make the repository smaller, or "
                    + "raise the limit."
            );
        }

        return _files.Count == 0 && _refused.Count == 0
            ? new RevisionFiles.Empty(
                $"There is no YAML file under '{(path.Length == 0 ? "/" : path)}' in {name}. Nothing is changed; "
                    + "to retire a cluster, remove its document and leave the others.",
                _findings.ToImmutable()
            )
            : new RevisionFiles.Read(_files.ToImmutable(), _findings.ToImmutable(), _refused.ToImmutable());
    }

    private void ReadTree(Tree tree, string path, int depth)
    {
        if (depth > limits.MaxTreeDepth)
        {
            throw new LimitPassedException($"nests folders deeper than {limits.MaxTreeDepth} at '{Redaction.Printable(path)}'");
        }

        var entries = new List<TreeEntry>();
        foreach (var entry in tree)
        {
            if (++_entries > limits.MaxTreeEntries)
            {
                throw new LimitPassedException($"holds more than {limits.MaxTreeEntries} entries");
            }

            entries.Add(entry);
        }

        var clashing = entries
            .GroupBy(entry => entry.Name, StringComparer.OrdinalIgnoreCase)
            .Where(group => group.Count() > 1)
            .SelectMany(group => group)
            .ToHashSet();
        foreach (var entry in entries)
        {
            var name = path.Length == 0 ? entry.Name : $"{path}/{entry.Name}";
            if (EntryName.Error(entry.Name) is { } error)
            {
                Refuse(name, "entry-name", $"the name {error}; rename it");
            }
            else if (clashing.Contains(entry))
            {
                Refuse(name, "entry-case-clash", "another entry of the folder has the same name but for upper and lower case; rename one");
            }
            else
            {
                ReadEntry(entry, name, depth);
            }
        }
    }

    private void ReadEntry(TreeEntry entry, string path, int depth)
    {
        switch (entry.Mode)
        {
            case Mode.SymbolicLink:
                NotFollowed(path, "entry-symlink", "a symbolic link is not followed; put the file itself here");
                break;
            case Mode.GitLink:
                NotFollowed(path, "entry-submodule", "a submodule is not followed; put the files themselves here");
                break;
            case Mode.Directory when entry.Target is Tree tree:
                ReadTree(tree, path, depth + 1);
                break;
            case Mode.NonExecutableFile or Mode.NonExecutableGroupWritableFile or Mode.ExecutableFile when IsYaml(path):
                ReadFile(entry, path);
                break;
            case Mode.NonExecutableFile or Mode.NonExecutableGroupWritableFile or Mode.ExecutableFile:
                break;
            default:
                Refuse(path, "entry-mode", "it is neither a file nor a folder; replace it");
                break;
        }
    }

    private void ReadFile(TreeEntry entry, string path)
    {
        // Asked of the object's header: a blob of gigabytes must not be loaded to learn that it is one.
        var metadata = repository.ObjectDatabase.RetrieveObjectMetadata(entry.Target.Id);
        if (metadata is not { Type: ObjectType.Blob })
        {
            Refuse(path, "entry-missing", "its content is missing from the repository; push it again");
            return;
        }

        if (metadata.Size > limits.MaxFileBytes)
        {
            Refuse(path, "file-too-large", $"the file has {metadata.Size} bytes; at most {limits.MaxFileBytes} are read");
            return;
        }

        if (_files.Count >= limits.MaxFiles)
        {
            throw new LimitPassedException($"holds more than {limits.MaxFiles} YAML files");
        }

        _bytes += metadata.Size;
        if (_bytes > limits.MaxTotalBytes)
        {
            throw new LimitPassedException($"holds YAML files of more than {limits.MaxTotalBytes} bytes in all");
        }

        var blob = (Blob)entry.Target;
        using var content = blob.GetContentStream();
        var bytes = new byte[metadata.Size];
        content.ReadExactly(bytes);
        _files.Add(new(path, blob.Sha, bytes));
    }

    private void NotFollowed(string path, string rule, string message)
    {
        if (IsYaml(path))
        {
            Refuse(path, rule, message);
        }
        else
        {
            // What it points to may hold documents, so it is said; but a linked README must not block anything.
            _refused.Add(path);
            _findings.Add(new(FindingSeverity.Warning, new(Redaction.Printable(path), 1, 1), "", message, rule));
        }
    }

    private void Refuse(string path, string rule, string message)
    {
        _refused.Add(path);
        _findings.Add(new(FindingSeverity.Error, new(Redaction.Printable(path), 1, 1), "", message, rule));
    }

    private static bool IsYaml(string path) =>
        path.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);

    private sealed class LimitPassedException(string message) : Exception(message);
}
