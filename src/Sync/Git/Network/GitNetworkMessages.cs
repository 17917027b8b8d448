using System.Text.Json.Serialization;

namespace GitOpsOperator.Sync.Git.Network;

internal enum GitNetworkOperation
{
    Fetch,
    Push,
}

/// <summary>One line of JSON on the child's stdin. The only way by which credentials reach it: argv and environment can be read by
/// others.</summary>
internal sealed record GitNetworkRequest
{
    public required GitNetworkOperation Operation { get; init; }

    /// <summary>A bare repository whose remote <c>origin</c> is the one to talk to.</summary>
    public string Directory { get; init; } = "";

    public string Username { get; init; } = "";

    public string? Token { get; init; }

    /// <summary>When the child ends itself, in case nobody is left to end it.</summary>
    public int DeadlineMilliseconds { get; init; }

    /// <summary>Fetch: remote refs in the order of preference; none means all branches and tags. Push: the one ref to update.</summary>
    public IReadOnlyList<string> RemoteRefs { get; init; } = [];

    /// <summary>Fetch: where the mirror keeps what the remote ref pointed to.</summary>
    public string LocalRef { get; init; } = "";

    public long MaxBytes { get; init; }

    /// <summary>Push: the commit that the remote ref shall point to.</summary>
    public string Commit { get; init; } = "";

    /// <summary>Push: ask the remote again afterwards what the ref points to.</summary>
    public bool ReadBack { get; init; }

    // A record prints its members; this one must never show what is in it.
    public override string ToString() => $"{Operation} in {Directory}";
}

/// <summary>One line of JSON on the child's stdout.</summary>
internal sealed record GitNetworkReply
{
    public SyncErrorKind? Error { get; init; }

    public string Message { get; init; } = "";

    /// <summary>Fetch: the remote ref that was found.</summary>
    public string RemoteRef { get; init; } = "";

    /// <summary>Fetch: what it points to, a tag object for annotated tags. Push with read-back: what it points to now.</summary>
    public string RemoteId { get; init; } = "";

    /// <summary>Push: the server did not move the ref; the message says why.</summary>
    public bool Rejected { get; init; }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GitNetworkRequest))]
[JsonSerializable(typeof(GitNetworkReply))]
internal sealed partial class GitNetworkJson : JsonSerializerContext;
