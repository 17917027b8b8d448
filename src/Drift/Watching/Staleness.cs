namespace GitOpsOperator.Drift.Watching;

/// <summary>Why and since when what is known of a kind may be older than reality.</summary>
public sealed record Staleness(string Kind, DateTimeOffset Since, string Reason)
{
    public override string ToString() => $"{Kind} not up to date since {Since:O}: {Reason}";
}

/// <summary>Nothing may be decided on what is known, since Kubernetes has not answered for too long.</summary>
public sealed class StaleViewException(Staleness staleness)
    : Exception($"Kubernetes cannot be watched: {staleness}. Nothing is done until it answers again.")
{
    public Staleness Staleness { get; } = staleness;
}
