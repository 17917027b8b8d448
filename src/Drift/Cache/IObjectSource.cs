namespace GitOpsOperator.Drift.Cache;

/// <summary>Where objects of one kind come from, in one namespace or all.</summary>
public interface IObjectSource
{
    Task Synced { get; }

    bool Served { get; }

    ViewAge Age { get; }

    /// <summary>Watches until cancelled.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}
