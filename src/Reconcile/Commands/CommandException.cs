namespace GitOpsOperator.Reconcile.Commands;

/// <summary>A command has failed for a reason that a person can act on; the message says which and what to do.</summary>
public class CommandException(string message) : Exception(message);
