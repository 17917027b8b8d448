using System.CommandLine;
using GitOpsOperator.Operator.Configuration;
using GitOpsOperator.Operator.Election;
using GitOpsOperator.Reconcile.Commands;
using GitOpsOperator.Reconcile.Reporting;

namespace GitOpsOperator.Operator.Commands;

/// <summary><c>sync</c>: one pass over the repositories, carried out until every cluster has come to rest.</summary>
internal static class SyncCommand
{
    public static Command Create()
    {
        var options = new ConfigurationOptions();
        var timeout = new Option<int>("--timeout")
        {
            Description = "Seconds after which what has not come to rest is left as it is",
            DefaultValueFactory = _ => 600,
        };
        var command = new OperatorCommand(
            "sync",
            """
            Read the configured repositories once, bring every cluster to what they say, write status back, and end.
            """,
            OperatorCommand.Exit(ExitCode.Success, "all converged"),
            OperatorCommand.Exit(ExitCode.Progressing, "progressing"),
            OperatorCommand.Exit(ExitCode.Blocked, "blocked")
        )
        {
            timeout,
        };
        options.AddTo(command);
        command.SetAction(
            (parsed, cancellationToken) => RunAsync(options.Read(parsed), TimeSpan.FromSeconds(parsed.GetValue(timeout)), cancellationToken)
        );
        return command;
    }

    private static async Task<ExitCode> RunAsync(OperatorConfiguration configuration, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var loggers = LoggerFactory.Create(logging =>
            OperatorLogging.Configure(logging, LogLevel.Information, toStandardError: true)
        );
        await using var parts = new OperatorParts(configuration, loggers, TimeProvider.System);
        await parts.StartWithinAsync(KubernetesAccess.Timeout, cancellationToken);
        await using var hold = await TakeLeaseAsync(parts, cancellationToken);
        try
        {
            return await PassAsync(parts, timeout, cancellationToken);
        }
        finally
        {
            // Before the lease is given back.
            await parts.Fleet.DisposeAsync();
        }
    }

    /// <exception cref="IOException">Another operator acts.</exception>
    private static async Task<LeaseHold> TakeLeaseAsync(OperatorParts parts, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(KubernetesAccess.Timeout);
        try
        {
            return await LeaseHold.TakeAsync(parts.Election, timeout.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException(
                "Another operator with the same id acts on this cluster; let it do so, or stop it first (see the line about the lease above)"
            );
        }
    }

    private static async Task<ExitCode> PassAsync(OperatorParts parts, TimeSpan timeout, CancellationToken cancellationToken)
    {
        foreach (var repository in parts.Repositories.All)
        {
            await repository.Follower.PassAsync(cancellationToken);
        }

        await AtRestAsync(parts, timeout, cancellationToken);
        foreach (var repository in parts.Repositories.All)
        {
            if (repository.Writer is { } writer)
            {
                await writer.WriteAsync(cancellationToken);
            }
        }

        var reports = parts.Repositories.All.SelectMany(repository => parts.Fleet.Reports(repository.Follower.Url)).ToList();
        foreach (var report in reports)
        {
            Console.WriteLine($"{report.Cluster}: {report.Phase}: {report.Headline}");
        }

        return parts.Repositories.All.Any(repository => repository.Follower.Report.Fault is not null) ? ExitCode.Error
            : reports.Any(report => report.Phase == ClusterPhase.Refused) ? ExitCode.Blocked
            : reports.All(report => report.Phase is ClusterPhase.Converged or ClusterPhase.Suspended or ClusterPhase.Orphaned)
                ? ExitCode.Success
            : ExitCode.Progressing;
    }

    private static async Task AtRestAsync(OperatorParts parts, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        var changed = new SemaphoreSlim(0);
        parts.Fleet.Changed += _ => changed.Release();
        try
        {
            while (!parts.Fleet.AtRest)
            {
                await changed.WaitAsync(deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // What has not come to rest is in the reports and in the exit code.
        }
    }
}
