namespace GitOpsOperator.Specs;

/// <summary>What a repository may ask of the reader. Whoever can push can write anything, so each is checked before the work is
/// done.</summary>
public sealed record ReadingLimits
{
    public int Files { get; init; } = 20_000;

    /// <summary>Bytes of all YAML files together.</summary>
    public long TotalBytes { get; init; } = 64 << 20;

    public int FileBytes { get; init; } = 1 << 20;

    public int DocumentsPerFile { get; init; } = 1_000;

    /// <summary>Mappings and lists inside each other.</summary>
    public int Depth { get; init; } = 32;

    /// <summary>Keys and values of one document.</summary>
    public int NodesPerDocument { get; init; } = 10_000;

    /// <summary>Findings shown for one document; the rest is counted.</summary>
    public int FindingsPerDocument { get; init; } = 50;
}
