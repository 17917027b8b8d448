using GitOpsOperator.Drift.Cache;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Reconcile.Commands;

/// <summary>What the program offers to the commands of domains.</summary>
/// <param name="Connect">
/// Opens the API that a value of <c>--kubeconfig</c> means; null where the flag was not given. The caller disposes of it.
/// </param>
/// <param name="Loggers">
/// Writes to standard error, so that a command's result stays alone on standard output. The caller disposes of it.
/// </param>
public sealed record ProgramAccess(Func<string?, ApiConnection> Connect, Func<ILoggerFactory> Loggers);
