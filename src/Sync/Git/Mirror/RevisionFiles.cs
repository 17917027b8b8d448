using System.Collections.Immutable;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Sync.Git.Mirror;

/// <summary>The documents' files at one revision. Only <see cref="Read"/> says anything about what is desired.</summary>
public abstract record RevisionFiles
{
    private RevisionFiles() { }

    /// <param name="Findings">An error at a path says that nothing was read from it.</param>
    /// <param name="Refused">Paths of files and folders that were not read. What was last known of them still counts.</param>
    public sealed record Read(ImmutableArray<SourceFile> Files, ImmutableArray<Finding> Findings, ImmutableArray<string> Refused)
        : RevisionFiles;

    /// <summary>The configured path is not in this revision. It does not mean that everything is to be deleted: change nothing.</summary>
    public sealed record PathMissing(string Message) : RevisionFiles;

    /// <summary>The path is there and holds no YAML file. It does not mean that everything is to be deleted: change nothing.</summary>
    public sealed record Empty(string Message, ImmutableArray<Finding> Findings) : RevisionFiles;

    /// <summary>Beyond the limits; a part of the files would look like the deletion of the others: change nothing.</summary>
    public sealed record TooLarge(string Message) : RevisionFiles;
}
