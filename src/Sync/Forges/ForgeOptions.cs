namespace GitOpsOperator.Sync.Forges;

/// <summary>Where a repository's pull requests are. Taken from the operator's configuration alone, never from a pull request.</summary>
public sealed record ForgeOptions
{
    /// <summary>Which forge it is: <see cref="IForgeKind.Name"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Root of the forge's API, which a token may be sent to.</summary>
    public required Uri Api { get; init; }

    /// <summary>In the form of this kind of forge.</summary>
    public required string Repository { get; init; }

    /// <summary>Read anew for every call, so that a rotated token is used at once. Not read where there is an <see cref="App"/>.</summary>
    public string TokenFile { get; init; } = "";

    /// <summary>The app to speak as, instead of by a token of a file.</summary>
    public ForgeAppOptions? App { get; init; }

    /// <summary>
    /// The login under which comments are made. Empty: the forge is asked. A forge may not tell for a token that an app's installation got
    /// elsewhere.
    /// </summary>
    public string Login { get; init; } = "";

    /// <summary>Deadline of one request.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Longest answer that is read, in bytes.</summary>
    public int MaxResponseBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Least time between two requests that write something; the large forges ask for a second.</summary>
    public TimeSpan MinWriteInterval { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>An app that is installed on a repository, where the forge knows such.</summary>
/// <param name="Id">The app's id, or its client id.</param>
/// <param name="Installation">The installation's number, as in the address of its settings.</param>
/// <param name="PrivateKeyFile">PEM, as the forge gives it; read whenever a token is made.</param>
public sealed record ForgeAppOptions(string Id, long Installation, string PrivateKeyFile);
