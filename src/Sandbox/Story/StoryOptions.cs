namespace GitOpsOperator.Sandbox.Story;

/// <summary>What a telling of the story needs.</summary>
/// <param name="Program">Command line of the operator's program.</param>
/// <param name="Folder">Emptied and used for everything that the story makes.</param>
/// <param name="Example">The repository that it starts from.</param>
/// <param name="Keep">Leave all running at the end, until interrupted.</param>
/// <param name="KubeAssets">As in <see cref="SandboxOptions.KubeAssets"/>.</param>
public sealed record StoryOptions(IReadOnlyList<string> Program, string Folder, string Example, bool Keep, string? KubeAssets);
