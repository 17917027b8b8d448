using GitOpsOperator.Sync.Forges.GitHub;

namespace GitOpsOperator.Sync.Forges;

/// <summary>The forges that are known. A further one is a folder beside <c>GitHub/</c> and a line here.</summary>
public static class ForgeFactory
{
    public static IReadOnlyCollection<string> Kinds { get; } = ["github"];

    /// <exception cref="ArgumentException">No such kind of forge.</exception>
    public static IForge Open(ForgeOptions options, TimeProvider time) => options.Kind switch
    {
        "github" => new GitHubForge(options, time),
        _ => throw new ArgumentException($"'{options.Kind}' is no forge that is known here; known: {string.Join(", ", Kinds)}.", nameof(options)),
    };
}
