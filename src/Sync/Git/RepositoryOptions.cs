using GitOpsOperator.Sync.Git.Network;

namespace GitOpsOperator.Sync.Git;

/// <summary>One repository to follow, as the operator's configuration names it.</summary>
public sealed record RepositoryOptions
{
    /// <summary>An absolute path, or a URL with scheme file, http, https or ssh. Never with a password in it.</summary>
    public required string Url { get; init; }

    /// <summary>A branch or tag by its short or full name (<c>main</c>, <c>refs/tags/v1</c>), or a commit by its 40 digits.</summary>
    public string Ref { get; init; } = "refs/heads/main";

    /// <summary>The folder (or the one file) under which documents are read; empty for the whole repository.</summary>
    public string Path { get; init; } = "";

    /// <summary>Sent with the token. The large forges take any name with a token.</summary>
    public string Username { get; init; } = "git";

    /// <summary>Holds the token or password. Read anew for every call that needs it, so a rotated token is used at once.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Private key for ssh, without a passphrase; read by ssh at each call. Needed for ssh, and of no use for others.</summary>
    public string? SshKeyFile { get; init; }

    /// <summary>Host keys of the ssh server, as <c>ssh-keyscan</c> writes them. A server with another key is refused.</summary>
    public string? KnownHostsFile { get; init; }

    /// <summary>PEM certificates trusted for https besides the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>A hard limit on the whole of one network call, not on one read.</summary>
    public TimeSpan NetworkTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether the branch may move to a commit that does not descend from the one last accepted.
    /// Off by default: a rewritten branch may silently take back changes that were rolled out.
    /// </summary>
    public bool AllowRewrite { get; init; }

    public RepositoryLimits Limits { get; init; } = new();

    /// <summary>Every error of these options, each a sentence that names the option; empty when they can be used.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        if (RepositoryUrl.Error(Url) is { } url)
        {
            errors.Add(url);
        }
        else if (RepositoryUrl.IsSsh(Url))
        {
            errors.AddRange(SshFile("sshKeyFile", SshKeyFile).Concat(SshFile("knownHostsFile", KnownHostsFile)));
        }

        if (!RefSelector.IsUsable(Ref))
        {
            errors.Add(
                $"ref '{Redaction.Printable(Ref)}' is not a name that git allows; give a branch such as main, a tag such as "
                    + "refs/tags/v1, or 40 hexadecimal digits"
            );
        }

        if (Path.Length > 0 && EntryName.PathError(Path) is { } path)
        {
            errors.Add(
                $"path '{Redaction.Printable(Path)}' {path}; give a folder relative to the repository's root, such as clusters/prod"
            );
        }

        if (NetworkTimeout < TimeSpan.FromMilliseconds(100) || NetworkTimeout > TimeSpan.FromMinutes(30))
        {
            errors.Add($"networkTimeout {NetworkTimeout} is out of range; allowed is 100 ms to 30 minutes");
        }

        if (Username.Length == 0 || Username.Any(char.IsControl) || Username.Contains(':'))
        {
            errors.Add("username is empty or holds a colon or control character, which http authentication cannot carry");
        }

        errors.AddRange(Limits.Validate());
        return errors;
    }

    private static IEnumerable<string> SshFile(string option, string? file) =>
        file is null ? [$"{option} is not given; ssh needs a key and the keys of the hosts that it may trust"]
        : SshCommand.IsUsable(file) ? []
        : [$"{option} '{Redaction.Printable(file)}' is no absolute path of plain characters"];
}
