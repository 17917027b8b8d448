using System.CommandLine;
using GitOpsOperator.Operator.Configuration;
using GitOpsOperator.Operator.Http;
using GitOpsOperator.Operator.PullRequests;
using GitOpsOperator.Operator.Repositories;
using GitOpsOperator.Reconcile.Commands;
using Quartz;

namespace GitOpsOperator.Operator.Commands;

/// <summary><c>run</c>: the operator itself, until told to stop.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var options = new ConfigurationOptions();
        var command = new OperatorCommand(
            "run",
            """
            Follow the configured repositories on a schedule and keep every cluster as they say, until stopped.

            SIGTERM ends it at the next boundary of a step; killing it harms nothing.
            """,
            OperatorCommand.Exit(ExitCode.Success, "stopped")
        );
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(options.Read(parsed), cancellationToken));
        return command;
    }

    private static async Task<ExitCode> RunAsync(OperatorConfiguration configuration, CancellationToken cancellationToken)
    {
        using var host = Build(configuration);
        await host.RunAsync(cancellationToken);
        return (ExitCode)Environment.ExitCode;
    }

    internal static IHost Build(OperatorConfiguration configuration)
    {
        var builder = Host.CreateApplicationBuilder();
        OperatorLogging.Configure(builder.Logging, LogLevel.Information, toStandardError: false);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(configuration);
        builder.Services.AddSingleton<OperatorParts>();
        builder.Services.AddSingleton(services => services.GetRequiredService<OperatorParts>().Repositories);
        builder.Services.AddSingleton(services => services.GetRequiredService<OperatorParts>().PullRequests);
        builder.Services.AddSingleton<HttpEndpoint>();
        builder.Services.AddHostedService(services => services.GetRequiredService<HttpEndpoint>());
        builder.Services.AddHostedService<OperatorService>();
        builder.Services.AddQuartz(quartz => Schedule(quartz, configuration));

        return builder.Build();
    }

    private static void Schedule(IQuartzBuilder quartz, OperatorConfiguration configuration)
    {
        foreach (var repository in configuration.Repositories)
        {
            Schedule<RepositoryJob>(quartz, new(repository.Name, "repositories"), RepositoryJob.NameKey, repository.Interval);
            if (repository.PullRequests is { } pulls)
            {
                Schedule<PullRequestJob>(quartz, new(repository.Name, "pull-requests"), PullRequestJob.NameKey, pulls.Interval);
            }
        }
    }

    private static void Schedule<TJob>(IQuartzBuilder quartz, JobKey key, string nameKey, TimeSpan interval)
        where TJob : IJob
    {
        quartz.AddJob<TJob>(job => job.WithIdentity(key).UsingJobData(nameKey, key.Name));
        quartz.AddTrigger(trigger =>
            trigger.ForJob(key).StartNow().WithSimpleSchedule(schedule => schedule.WithInterval(interval).RepeatForever())
        );
    }
}
