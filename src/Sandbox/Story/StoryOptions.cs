namespace GitOpsOperator.Sandbox.Story;

/// <summary>What a telling of the story needs.</summary>
/// <param name="Example">The repository that it starts from.</param>
/// <param name="Keep">Leave all running at the end, until interrupted.</param>
public sealed record StoryOptions(StageOptions Stage, string Example, bool Keep);
