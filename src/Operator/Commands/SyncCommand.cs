using System.CommandLine;
using GitOpsOperator.Operator.Clusters;
using GitOpsOperator.Operator.Configuration;
using GitOpsOperator.Operator.Election;
using GitOpsOperator.Operator.Hosting;
using GitOpsOperator.Operator.Outputs.StatusBranch;
using GitOpsOperator.Operator.Repositories;
using GitOpsOperator.Operator.State;
using GitOpsOperator.Reconcile.Commands;
using GitOpsOperator.Reconcile.Reporting;

namespace GitOpsOperator.Operator.Commands;

/// <summary><c>sync</c>: one pass over the repositories, carried out until every cluster has come to rest.</summary>
internal static class SyncCommand
{
    public static Command Create(ModuleFactory modules)
    {
        var options = new ConfigurationOptions(modules);
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
        await using var services = OperatorServices.Build(configuration, loggers, TimeProvider.System);
        await services.GetRequiredService<BackgroundWork>().StartWithinAsync(KubernetesAccess.Timeout, cancellationToken);
        await using var leadership = await AcquireAsync(services.GetService<LeaseElection>(), cancellationToken);
        try
        {
            return await PassAsync(services, timeout, cancellationToken);
        }
        finally
        {
            // Before the lease is released.
            await services.GetRequiredService<ClusterSupervisor>().DisposeAsync();
        }
    }

    /// <exception cref="IOException">Another operator is active.</exception>
    private static async Task<LeadershipSession> AcquireAsync(LeaseElection? election, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(KubernetesAccess.Timeout);
        try
        {
            return await LeadershipSession.AcquireAsync(election, timeout.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException(
                "Another operator with the same id manages this cluster; let it do so, or stop it first "
                    + "(see the line about the lease above)"
            );
        }
    }

    private static async Task<ExitCode> PassAsync(IServiceProvider services, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var state = services.GetRequiredService<OperatorState>();
        foreach (var repository in services.GetRequiredService<RepositoryRegistry>().All)
        {
            await repository.PassAsync(cancellationToken);
        }

        await UntilIdleAsync(services.GetRequiredService<ClusterSupervisor>(), state.Clusters, timeout, cancellationToken);
        foreach (var writer in services.GetServices<StatusBranchWriter>())
        {
            await writer.WriteAsync(cancellationToken);
        }

        var reports = state.Repositories.All.SelectMany(repository => state.Clusters.Of(repository.Url)).ToList();
        foreach (var report in reports)
        {
            Console.WriteLine($"{report.Cluster}: {report.Phase}: {report.Summary}");
        }

        return state.Repositories.All.Any(repository => repository.Report.Error is not null) ? ExitCode.Error
            : reports.Any(report => report.Phase == ClusterPhase.Refused) ? ExitCode.Blocked
            : reports.All(report => report.Phase is ClusterPhase.Converged or ClusterPhase.Suspended or ClusterPhase.Orphaned)
                ? ExitCode.Success
            : ExitCode.Progressing;
    }

    private static async Task UntilIdleAsync(
        ClusterSupervisor clusters,
        KnownClusters known,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        var changed = new SemaphoreSlim(0);
        known.Changed += _ => changed.Release();
        try
        {
            while (!clusters.IsIdle)
            {
                await changed.WaitAsync(deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // What is not idle by then is in the reports and in the exit code.
        }
    }
}
