namespace GitOpsOperator.Sync.Git;

/// <summary>What one repository may cost. A repository beyond a limit changes nothing and is reported.</summary>
public sealed record RepositoryLimits
{
    public int MaxFiles { get; init; } = 10_000;

    public int MaxFileBytes { get; init; } = 1024 * 1024;

    public long MaxTotalBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Entries read in all, of every kind: small trees can be nested into one of billions of entries.</summary>
    public int MaxTreeEntries { get; init; } = 200_000;

    public int MaxTreeDepth { get; init; } = 64;

    /// <summary>What one fetch may transfer.</summary>
    public long MaxFetchBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>Commits read to find the one that last changed a file.</summary>
    public int MaxHistoryCommits { get; init; } = 50_000;

    internal IEnumerable<string> Validate()
    {
        (string Name, long Value)[] limits =
        [
            ("maxFiles", MaxFiles),
            ("maxFileBytes", MaxFileBytes),
            ("maxTotalBytes", MaxTotalBytes),
            ("maxTreeEntries", MaxTreeEntries),
            ("maxTreeDepth", MaxTreeDepth),
            ("maxFetchBytes", MaxFetchBytes),
            ("maxHistoryCommits", MaxHistoryCommits),
        ];
        return limits.Where(limit => limit.Value < 1).Select(limit => $"limits.{limit.Name} is {limit.Value}; it must be at least 1");
    }
}
