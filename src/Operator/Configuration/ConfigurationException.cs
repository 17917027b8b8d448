using GitOpsOperator.Reconcile.Commands;

namespace GitOpsOperator.Operator.Configuration;

/// <summary>The configuration cannot be used. <see cref="Faults"/> holds everything that is wrong with it, one line each.</summary>
public sealed class ConfigurationException(IReadOnlyList<string> faults)
    : CommandException("The configuration cannot be used:\n" + string.Join('\n', faults.Select(fault => "  " + fault)))
{
    public IReadOnlyList<string> Faults { get; } = faults;
}
