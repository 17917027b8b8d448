using GitOpsOperator.Reconcile.Commands;

namespace GitOpsOperator.Operator.Configuration;

/// <summary>The configuration cannot be used. <see cref="Errors"/> holds everything that is wrong with it, one line each.</summary>
public sealed class ConfigurationException(IReadOnlyList<string> errors)
    : CommandException("The configuration cannot be used:\n" + string.Join('\n', errors.Select(error => "  " + error)))
{
    public IReadOnlyList<string> Errors { get; } = errors;
}
