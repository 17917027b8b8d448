using GitOpsOperator.Sandbox;

namespace GitOpsOperator.Demo.Environments;

/// <summary>What is needed to set the environment.</summary>
/// <param name="Folder">Emptied and used for everything that runs.</param>
/// <param name="Binaries">As in <see cref="SandboxOptions.Binaries"/>.</param>
/// <param name="KubeAssets">As in <see cref="SandboxOptions.KubeAssets"/>; null for the sandbox's own API server.</param>
public sealed record EnvironmentOptions(DemoPrograms Programs, string Folder, string Binaries, string? KubeAssets)
{
    /// <summary>Folder of the manifests that say what the operator may do; null for an operator that nothing is forbidden to, or that runs
    /// in pods.</summary>
    public string? Deploy { get; init; }

    /// <summary>As in <see cref="SandboxOptions.ProjectionDelay"/>; null for none.</summary>
    public TimeSpan? ProjectionDelay { get; init; }

    /// <summary>As in <see cref="SandboxOptions.Reach"/>.</summary>
    public IReadOnlyList<int> Reach { get; init; } = [];

    /// <summary>Between two writes of each of the writer's connections.</summary>
    public TimeSpan WriterPause { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>More of the followed repository's configuration, as lines of YAML.</summary>
    public IReadOnlyList<string> RepositorySettings { get; init; } = [];
}
