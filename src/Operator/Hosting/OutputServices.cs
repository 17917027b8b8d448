using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Operator.Configuration;
using GitOpsOperator.Operator.Outputs.CustomResources;
using GitOpsOperator.Operator.Outputs.Events;
using GitOpsOperator.Operator.Outputs.Http;
using GitOpsOperator.Operator.Outputs.StatusBranch;
using GitOpsOperator.Operator.State;
using GitOpsOperator.Specs;
using GitOpsOperator.Sync.Git.Network;
using GitOpsOperator.Sync.Git.Status;

namespace GitOpsOperator.Operator.Hosting;

/// <summary>All that shows what is known.</summary>
internal static class OutputServices
{
    public static IServiceCollection AddEvents(this IServiceCollection services, OperatorConfiguration configuration) =>
        services.AddSingleton<EventWriter>(provider =>
            new(
                provider.GetRequiredService<ApiConnection>().Client,
                configuration.Kinds,
                provider.GetRequiredService<LeadershipState>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<EventWriter>>()
            )
        );

    public static IServiceCollection AddCustomResources(this IServiceCollection services, OperatorConfiguration configuration)
    {
        foreach (var kind in configuration.Kinds.Select(kind => kind.Projected).OfType<ProjectedKind>())
        {
            services.AddSingleton<CustomResourceMirror>(provider =>
                new(
                    provider.GetRequiredService<ApiConnection>().Client,
                    provider.GetRequiredService<KubernetesCache>(),
                    kind,
                    provider.GetRequiredService<OperatorState>(),
                    provider.GetRequiredService<EventWriter>().Write,
                    provider.GetRequiredService<TimeProvider>(),
                    provider.GetRequiredService<ILogger<CustomResourceMirror>>()
                )
            );
        }

        return services;
    }

    public static IServiceCollection AddStatusBranches(this IServiceCollection services, OperatorConfiguration configuration)
    {
        foreach (var repository in configuration.Repositories.Where(repository => repository.WriteBack))
        {
            services.AddKeyedSingleton(
                repository.Name,
                (provider, _) =>
                    StatusBranch.Open(
                        configuration.FolderOf(repository, "status"),
                        repository.Remote,
                        provider.GetRequiredService<GitNetwork>(),
                        configuration.OperatorId
                    )
            );
            services.AddSingleton(provider =>
            {
                // What somebody has changed of a custom resource by hand is drift of its cluster, and is told in git with the other drift.
                var mirrors = provider.GetServices<CustomResourceMirror>().ToList();
                var state = provider.GetRequiredService<OperatorState>();
                var writer = new StatusBranchWriter(
                    repository.Name,
                    state,
                    new(repository.Url, state.Clusters, cluster => [.. mirrors.SelectMany(mirror => mirror.DriftsOf(cluster))]),
                    provider.GetRequiredKeyedService<StatusBranch>(repository.Name),
                    configuration.Timing.StatusWindow,
                    provider.GetRequiredService<TimeProvider>(),
                    provider.GetRequiredService<ILogger<StatusBranchWriter>>()
                );
                foreach (var mirror in mirrors)
                {
                    mirror.HandEditsChanged += writer.Notify;
                }

                return writer;
            });
        }

        return services;
    }

    /// <summary>Probes, metrics and the page.</summary>
    public static IServiceCollection AddHttp(this IServiceCollection services, OperatorConfiguration configuration) =>
        services
            .AddSingleton(
                new HttpOptions(
                    configuration.OperatorId,
                    configuration.Http.Endpoint,
                    configuration.Http.HealthEndpoint,
                    configuration.Http.Page,
                    configuration.Http.PageAt,
                    [KubernetesCallMeter.MeterName, .. configuration.Modules.SelectMany(module => module.Meters)]
                )
            )
            .AddSingleton<HttpEndpoint>()
            .AddHostedService(provider => provider.GetRequiredService<HttpEndpoint>());
}
