using GitOpsOperator.Sync.Forges.GitHub;

namespace GitOpsOperator.Sync.Forges;

/// <summary>The forges that are known. A further one is a folder beside <c>GitHub/</c> and a line here.</summary>
public static class ForgeFactory
{
    public static IReadOnlyList<IForgeKind> Kinds { get; } = [new GitHubKind()];

    /// <exception cref="ArgumentException">No such kind of forge.</exception>
    public static IForge Open(ForgeOptions options, TimeProvider time) =>
        (
            Kinds.FirstOrDefault(kind => kind.Name == options.Kind)
            ?? throw new ArgumentException(
                $"'{options.Kind}' is no forge that is known here; known: {string.Join(", ", Kinds.Select(kind => kind.Name))}.",
                nameof(options)
            )
        ).Open(options, time);
}
