using GitOpsOperator.Demo.Environments;

namespace GitOpsOperator.Demo;

/// <summary>What a demo needs.</summary>
/// <param name="Example">The repository that it starts from.</param>
/// <param name="Keep">Leave all running at the end, until interrupted.</param>
public sealed record DemoOptions(EnvironmentOptions Environment, string Example, bool Keep);
