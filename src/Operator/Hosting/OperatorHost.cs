using GitOpsOperator.Operator.Configuration;
using GitOpsOperator.Operator.PullRequests;
using GitOpsOperator.Operator.Repositories;
using Quartz;

namespace GitOpsOperator.Operator.Hosting;

/// <summary>The program that follows repositories until it is told to stop.</summary>
internal static class OperatorHost
{
    public static IHost Build(OperatorConfiguration configuration, Action<ILoggingBuilder> logging)
    {
        var builder = Host.CreateApplicationBuilder();
        logging(builder.Logging);
        builder
            .Services.AddSingleton(TimeProvider.System)
            .AddOperator(configuration)
            .AddHttp(configuration)
            .AddHostedService<OperatorService>()
            .AddQuartz(quartz => Schedule(quartz, configuration));
        var host = builder.Build();

        // Before anything runs: without a folder for their mirrors, repositories cannot be followed, and the program ends.
        _ = host.Services.GetRequiredService<RepositoryRegistry>();
        _ = host.Services.GetRequiredService<PullRequestRegistry>();
        return host;
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
