using GitOpsOperator.Operator.Configuration;

namespace GitOpsOperator.Operator.Hosting;

/// <summary>What the program is made of, the same for every command, in the order in which a change passes through it.</summary>
internal static class OperatorServices
{
    public static IServiceCollection AddOperator(this IServiceCollection services, OperatorConfiguration configuration) =>
        services
            .AddSingleton(configuration)
            .AddState(configuration)
            .AddKubernetes(configuration)
            .AddElection(configuration)
            .AddAdmission(configuration)
            .AddDomains(configuration)
            .AddClusters()
            .AddRepositories(configuration)
            .AddPullRequests(configuration)
            .AddEvents(configuration)
            .AddCustomResources(configuration)
            .AddStatusBranches(configuration)
            .AddSingleton<BackgroundWork>();

    /// <summary>For a command that ends by itself: without a schedule and without endpoints.</summary>
    public static ServiceProvider Build(OperatorConfiguration configuration, ILoggerFactory loggers, TimeProvider time) =>
        new ServiceCollection().AddSingleton(loggers).AddLogging().AddSingleton(time).AddOperator(configuration).BuildServiceProvider();
}
