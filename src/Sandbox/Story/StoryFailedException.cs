namespace GitOpsOperator.Sandbox.Story;

/// <summary>An act did not end as it is told; the message says what was expected and what was seen.</summary>
internal sealed class StoryFailedException(string message) : Exception(message);
