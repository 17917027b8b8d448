namespace GitOpsOperator.Operator.Commands;

/// <summary>What the program's exit says; documented, so that scripts can rely on it.</summary>
internal static class ExitCodes
{
    /// <summary>Nothing to do, or all went well.</summary>
    public const int Success = 0;

    public const int Error = 1;

    /// <summary><c>plan</c>: there are changes. <c>sandbox</c>: this machine does not allow what it needs.</summary>
    public const int Changes = 2;

    /// <summary>Something is waited for and nothing can be done now.</summary>
    public const int Waiting = 3;

    /// <summary>What git wants is refused.</summary>
    public const int Refused = 4;
}
