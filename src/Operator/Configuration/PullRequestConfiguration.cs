namespace GitOpsOperator.Operator.Configuration;

/// <summary>How one repository's pull requests are reviewed.</summary>
public sealed class PullRequestConfiguration
{
    /// <summary>Which forge it is: <c>github</c>, also for GitHub Enterprise.</summary>
    public string Forge { get; set; } = "github";

    /// <summary>Root of the forge's API. Empty: what the repository's URL implies, such as <c>https://api.github.com/</c>.</summary>
    public string Api { get; set; } = "";

    /// <summary><c>OWNER/NAME</c>. Empty: what the repository's URL implies.</summary>
    public string Repository { get; set; } = "";

    /// <summary>
    /// File with a token that may read pull requests and write comments and commit statuses, read again at each use. Empty: the
    /// repository's own.
    /// </summary>
    public string TokenFile { get; set; } = "";

    /// <summary>The GitHub App to speak as; absent: by the token.</summary>
    public ForgeAppConfiguration? App { get; set; }

    /// <summary>Login under which comments are made. Empty: the forge is asked.</summary>
    public string Login { get; set; } = "";

    /// <summary>
    /// Whose pull requests are planned on live state. Empty: those of everybody who may push a branch to the repository. A fork's never
    /// are.
    /// </summary>
    public IList<string> TrustedAuthors { get; set; } = [];

    /// <summary>
    /// Time between two polls of the open pull requests. One that finds nothing new does not count against GitHub's limit.
    /// </summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>One installation of a GitHub App with the permissions pull requests: write, commit statuses: write.</summary>
public sealed class ForgeAppConfiguration
{
    /// <summary>The App's id, or its client id.</summary>
    public string Id { get; set; } = "";

    /// <summary>Number of the installation, as in the address of its settings.</summary>
    public long Installation { get; set; }

    /// <summary>The App's private key, PEM.</summary>
    public string PrivateKeyFile { get; set; } = "";
}
