namespace GitOpsOperator.Sync.Git;

/// <summary>
/// Which names of tree entries are taken. Nothing is ever checked out, yet these paths end up in messages, in status files
/// and on other people's disks, and names that no honest git client writes are a sign of an attack.
/// </summary>
internal static class EntryName
{
    /// <summary>What is wrong with one name, as a predicate (<c>is '..'</c>), or null.</summary>
    public static string? Error(string name) =>
        name switch
        {
            "" => "is empty",
            "." or ".." => "climbs out of its folder",
            _ when name.Contains('\0') => "holds a NUL",
            _ when name.Contains('\\') => "holds a backslash",
            _ when name.Contains('/') => "holds a slash",
            _ when name.Contains('\uFFFD') => "is not valid UTF-8",
            _ when name.Any(char.IsControl) => "holds a control character",
            _ when IsDotGit(name) => "is a name that git keeps for itself",
            { Length: > 255 } => "is longer than 255 characters",
            _ => null,
        };

    public static string? PathError(string path) => path.Split('/').Select(Error).FirstOrDefault(error => error is not null);

    // .git as Windows (git~1, trailing dots and spaces) and macOS (ignored code points) also read it.
    private static bool IsDotGit(string name)
    {
        var seen = new string([.. name.Where(c => char.GetUnicodeCategory(c) != System.Globalization.UnicodeCategory.Format)])
            .Split(':')[0]
            .TrimEnd('.', ' ');
        return seen.Equals(".git", StringComparison.OrdinalIgnoreCase) || seen.Equals("git~1", StringComparison.OrdinalIgnoreCase);
    }
}
