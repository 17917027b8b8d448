using System.Text.RegularExpressions;

namespace GitOpsOperator.Sync.Git;

/// <summary>Finds in the refs that a remote lists the one that the configuration means.</summary>
internal static partial class RefSelector
{
    public static bool IsCommit(string name) => CommitPattern().IsMatch(name);

    public static bool IsUsable(string name) => IsCommit(name) || NamePattern().IsMatch(name);

    /// <summary>Names in the order in which they are tried: a branch wins over a tag of the same short name.</summary>
    public static IReadOnlyList<string> Candidates(string name) =>
        name.StartsWith("refs/", StringComparison.Ordinal) ? [name] : [$"refs/heads/{name}", $"refs/tags/{name}"];

    [GeneratedRegex(@"\A[0-9a-f]{40}\z", RegexOptions.CultureInvariant)]
    private static partial Regex CommitPattern();

    // What git check-ref-format allows, less what would be a refspec or an option.
    [GeneratedRegex(@"\A(?!.*(\.\.|//|@\{|\.lock(/|\z)|/\.))[A-Za-z0-9_][A-Za-z0-9._/+=@#-]*(?<![./])\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
