using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace GitOpsOperator.Sync.Git.Status;

/// <summary>What one commit of the status branch shall say. Together with its parent it determines the commit, down to its id.</summary>
public sealed record StatusCommit
{
    /// <summary>Content by path, with forward slashes.</summary>
    public required ImmutableSortedDictionary<string, string> Files { get; init; }

    /// <summary>The revision of the watched branch that the status is about.</summary>
    public required string SourceCommit { get; init; }

    /// <summary>When that revision was committed. The status commit bears this time: a clock would make each attempt another
    /// commit.</summary>
    public required DateTimeOffset SourceTime { get; init; }

    public required string Subject { get; init; }

    /// <summary>More lines for people, between the subject and the trailers.</summary>
    public string Body { get; init; } = "";

    /// <summary>Folders whose files are exactly those given here: others in them are removed. None keeps every file that is not
    /// given.</summary>
    public ImmutableArray<string> Owned { get; init; } = [];

    /// <summary>The same for the same files, whoever writes them.</summary>
    public string ReportDigest
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var (path, content) in Files)
            {
                // Lengths first, so that no content can pass for the next path.
                var bytes = Encoding.UTF8.GetBytes(content);
                hash.AppendData(Encoding.UTF8.GetBytes($"{path.Length} {path} {bytes.Length}\n"));
                hash.AppendData(bytes);
            }

            return "sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }

    internal void ThrowIfUnusable()
    {
        foreach (var path in Files.Keys)
        {
            if (EntryName.PathError(path) is { } error)
            {
                throw new ArgumentException($"The status file '{Redaction.Printable(path)}' {error}.");
            }

            if (Owned.Length > 0 && !Owned.Any(folder => path.StartsWith(folder + "/", StringComparison.Ordinal)))
            {
                throw new ArgumentException(
                    $"The status file '{path}' is in none of the folders that are written as a whole: {string.Join(", ", Owned)}."
                );
            }
        }

        if (!RefSelector.IsCommit(SourceCommit))
        {
            throw new ArgumentException(
                $"The source commit '{Redaction.Printable(SourceCommit)}' is not a commit's 40 hexadecimal digits."
            );
        }
    }
}
