namespace GitOpsOperator.Sandbox.Storm;

/// <summary>How a storm is made.</summary>
public sealed record StormOptions
{
    /// <summary>The same seed draws the same actions.</summary>
    public required int Seed { get; init; }

    /// <summary>How long things are made to happen; what comes before and after takes some minutes more.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The operator's program.</summary>
    public required string Operator { get; init; }

    /// <summary>Folder of everything that it writes.</summary>
    public required string Directory { get; init; }

    /// <summary>Folder that scripts/binaries.sh filled.</summary>
    public required string Binaries { get; init; }

    /// <summary>How long a silent member is waited for by the operator: short, so that many an outage lasts longer.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long the cluster may take to converge once all is healed.</summary>
    public TimeSpan Settling { get; init; } = TimeSpan.FromMinutes(8);
}
