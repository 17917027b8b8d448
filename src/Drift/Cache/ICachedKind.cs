namespace GitOpsOperator.Drift.Cache;

/// <summary>A kind in the cache, whatever its objects are.</summary>
public interface ICachedKind
{
    string Kind { get; }

    /// <summary>Completes once everything that was asked for is known.</summary>
    Task Synced { get; }

    /// <summary>The oldest part of what is known; null while nobody holds the kind.</summary>
    ViewAge? Age { get; }

    /// <summary>Watches until cancelled, as long as somebody holds the kind.</summary>
    internal Task RunAsync(CancellationToken cancellationToken);
}
