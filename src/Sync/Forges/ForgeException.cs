namespace GitOpsOperator.Sync.Forges;

/// <summary>The forge did not do what was asked. The message says what, why and what to do, and holds no secret.</summary>
/// <param name="retryAt">Before then nothing is asked of the forge; null where the next pass may try at once.</param>
public sealed class ForgeException(ForgeErrorKind kind, string message, DateTimeOffset? retryAt = null, Exception? inner = null)
    : Exception(message, inner)
{
    public ForgeErrorKind Kind { get; } = kind;

    public DateTimeOffset? RetryAt { get; } = retryAt;
}

public enum ForgeErrorKind
{
    /// <summary>No connection, or no answer in time.</summary>
    Unreachable,

    /// <summary>The token is missing, wrong, expired or revoked.</summary>
    Auth,

    /// <summary>The token is valid and may not do this.</summary>
    Forbidden,

    NotFound,

    /// <summary>Asked to wait.</summary>
    RateLimited,

    /// <summary>The forge has an error of its own.</summary>
    Server,

    /// <summary>The answer is none that can be used: too long, not what was asked for, from another host.</summary>
    BadResponse,

    /// <summary>It understood, and says no.</summary>
    Refused,
}
