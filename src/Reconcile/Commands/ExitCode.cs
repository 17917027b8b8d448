namespace GitOpsOperator.Reconcile.Commands;

/// <summary>
/// What the program's exit says, the same for every command, and up to 2 the same as <c>kubectl diff</c> says. docs/cli.md is made of this,
/// so that scripts can rely on it.
/// </summary>
public enum ExitCode
{
    /// <summary>Nothing to do, or all of it is done.</summary>
    Success = 0,

    /// <summary>The clusters differ from the desired state, and could be made so.</summary>
    Changes = 1,

    /// <summary>The command could not do its work, was called wrongly, or was interrupted; the message says which.</summary>
    Error = 2,

    /// <summary>Nothing can be done now, since something else has to happen first.</summary>
    Progressing = 3,

    /// <summary>An error in a document, or a rule, keeps the clusters from what git says; the message says what to do.</summary>
    Blocked = 4,
}
