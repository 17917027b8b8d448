namespace GitOpsOperator.Demo;

/// <summary>A step did not have its result; the message says what was expected and what was seen.</summary>
internal sealed class DemoFailedException(string message) : Exception(message);
