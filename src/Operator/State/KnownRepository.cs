using GitOpsOperator.Sync.Git.Mirror;

namespace GitOpsOperator.Operator.State;

/// <summary>What is known of one repository; replaced as a whole after each poll.</summary>
/// <param name="Name">As the configuration has it.</param>
internal sealed record KnownRepository(string Name, string Url)
{
    /// <summary>What is to be said of it.</summary>
    public RepositoryReport Report { get; init; } = new(Name, null, null, []);

    /// <summary>The revision whose documents the clusters follow; null before the first was read.</summary>
    public RevisionInfo? Applied { get; init; }

    /// <summary>A poll has ended, with an error or without.</summary>
    public bool IsPolled { get; init; }

    /// <summary>
    /// Monotonic time (<see cref="TimeProvider.GetTimestamp"/>) at which a poll last ended without an error; null before the first.
    /// </summary>
    public long? LastPolled { get; init; }
}
