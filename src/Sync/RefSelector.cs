using System.Text.RegularExpressions;

namespace GitOpsOperator.Sync;

/// <summary>Finds in the refs that a remote lists the one that the configuration means.</summary>
internal static partial class RefSelector
{
    public static bool IsCommit(string wanted) => CommitPattern().IsMatch(wanted);

    public static bool IsUsable(string wanted) => IsCommit(wanted) || NamePattern().IsMatch(wanted);

    /// <summary>Names in the order in which they are tried: a branch wins over a tag of the same short name.</summary>
    public static IReadOnlyList<string> Candidates(string wanted) =>
        wanted.StartsWith("refs/", StringComparison.Ordinal) ? [wanted] : [$"refs/heads/{wanted}", $"refs/tags/{wanted}"];

    [GeneratedRegex(@"\A[0-9a-f]{40}\z", RegexOptions.CultureInvariant)]
    private static partial Regex CommitPattern();

    // What git check-ref-format allows, less what would be a refspec or an option.
    [GeneratedRegex(@"\A(?!.*(\.\.|//|@\{|\.lock(/|\z)|/\.))[A-Za-z0-9_][A-Za-z0-9._/+=@#-]*(?<![./])\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
