using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Operator.Admission;
using GitOpsOperator.Operator.Clusters;
using GitOpsOperator.Operator.Configuration;
using GitOpsOperator.Operator.Election;
using GitOpsOperator.Operator.Outputs.Events;
using GitOpsOperator.Operator.Outputs.StatusBranch;
using GitOpsOperator.Operator.PullRequests;
using GitOpsOperator.Operator.Repositories;
using GitOpsOperator.Operator.State;
using GitOpsOperator.Reconcile.Loop;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Reconcile.Recording;
using GitOpsOperator.Sync.Forges;
using GitOpsOperator.Sync.Git.Mirror;
using GitOpsOperator.Sync.Git.Network;
using GitOpsOperator.Sync.Git.Status;

namespace GitOpsOperator.Operator.Hosting;

/// <summary>The state, and all that finds out what stands in it.</summary>
internal static class SourceServices
{
    public static IServiceCollection AddState(this IServiceCollection services, OperatorConfiguration configuration)
    {
        services.AddSingleton(provider =>
            provider.GetService<LeaseTerms>() is { } terms
                ? new LeadershipState(terms.Identity, terms.RenewDeadline, provider.GetRequiredService<TimeProvider>())
                : LeadershipState.Unconditional(provider.GetRequiredService<TimeProvider>())
        );
        services.AddSingleton(new KnownRepositories(configuration.Repositories.Select(repository => (repository.Name, repository.Url))));
        services.AddSingleton<OperatorState>();
        foreach (var repository in configuration.Repositories)
        {
            services.AddKeyedSingleton(repository.Name, new ReviewedPlans());
        }

        return services;
    }

    /// <summary>One connection, and one cache of what is there.</summary>
    public static IServiceCollection AddKubernetes(this IServiceCollection services, OperatorConfiguration configuration) =>
        services
            .AddSingleton(provider =>
                ApiConnection.Open(
                    KubernetesAccess.Configuration(configuration.Kubeconfig),
                    configuration.Timing.Staleness,
                    provider.GetRequiredService<TimeProvider>(),
                    new KubernetesCallMeter(provider.GetRequiredService<TimeProvider>())
                )
            )
            .AddSingleton<KubernetesCache>(provider =>
                new(
                    provider.GetRequiredService<ApiConnection>(),
                    new(configuration.OperatorId),
                    new() { Namespaces = [.. configuration.Namespaces], MaxAge = configuration.Timing.Staleness },
                    provider.GetRequiredService<TimeProvider>(),
                    provider.GetRequiredService<ILoggerFactory>()
                )
            );

    public static IServiceCollection AddElection(this IServiceCollection services, OperatorConfiguration configuration)
    {
        if (configuration.LeaderElection.Terms(configuration.OperatorId, configuration.Kubeconfig) is not { } terms)
        {
            return services;
        }

        return services
            .AddSingleton(terms)
            .AddSingleton<LeaseElection>(provider =>
                new(
                    provider.GetRequiredService<ApiConnection>().Client,
                    terms,
                    provider.GetRequiredService<LeadershipState>(),
                    provider.GetRequiredService<TimeProvider>(),
                    provider.GetRequiredService<ILogger<LeaseElection>>()
                )
            );
    }

    public static IServiceCollection AddAdmission(this IServiceCollection services, OperatorConfiguration configuration)
    {
        var (@namespace, name) = configuration.LeaderElection.SharedObject(configuration.OperatorId, configuration.Kubeconfig);
        foreach (var repository in configuration.Repositories)
        {
            services.AddKeyedSingleton<MaintenanceWindows>(
                repository.Name,
                (provider, _) => new(repository.Windows, provider.GetRequiredService<TimeProvider>())
            );
        }

        return services
            .AddSingleton<ChangeSignal>()
            .AddSingleton(new BulkChangeLimit(configuration.Limits.ClustersChangedAtOnce))
            .AddSingleton<DisruptionLimiter>(provider =>
                new(
                    configuration.Limits.ClustersDisruptedAtOnce,
                    provider.GetRequiredService<ChangeSignal>(),
                    provider.GetRequiredService<TimeProvider>()
                )
            )
            .AddSingleton<StopSwitch>(provider =>
                new(
                    provider.GetRequiredService<KubernetesCache>(),
                    @namespace,
                    name,
                    provider.GetRequiredService<OperatorState>(),
                    provider.GetRequiredService<ChangeSignal>()
                )
            )
            .AddSingleton<IAdmission>(provider =>
            {
                var state = provider.GetRequiredService<OperatorState>();

                // Of one repository that is configured twice, both may name windows.
                var windows = configuration
                    .Repositories.GroupBy(repository => repository.Url)
                    .ToDictionary(
                        group => group.Key,
                        group => new MaintenanceWindows(
                            group.SelectMany(repository => repository.Windows),
                            provider.GetRequiredService<TimeProvider>()
                        )
                    );
                return new OperatorAdmission(
                    provider.GetRequiredService<StopSwitch>(),
                    provider.GetRequiredService<DisruptionLimiter>(),
                    cluster => state.Clusters.RepositoryOf(cluster) is { } url ? windows.GetValueOrDefault(url) : null,
                    provider.GetRequiredService<ChangeSignal>()
                );
            });
    }

    public static IServiceCollection AddDomains(this IServiceCollection services, OperatorConfiguration configuration)
    {
        if (configuration.Recording.Length > 0)
        {
            services.AddSingleton<PassRecorder>(provider =>
                new(
                    configuration.Recording,
                    provider.GetRequiredService<TimeProvider>(),
                    provider.GetRequiredService<ILogger<PassRecorder>>()
                )
            );
        }

        services.AddSingleton(provider => new DomainServices(
            provider.GetRequiredService<ApiConnection>().Client,
            provider.GetRequiredService<KubernetesCache>(),
            new(configuration.OperatorId),
            provider.GetRequiredService<LeadershipState>(),
            new() { Resync = configuration.Timing.Resync },
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()
        )
        {
            Grace = configuration.Timing.Grace,
            Settle = configuration.Timing.Settle,
            Admission = provider.GetRequiredService<IAdmission>(),
            Notify = provider.GetRequiredService<EventWriter>().Write,
            Recorder = provider.GetService<PassRecorder>(),
        });
        foreach (var module in configuration.Modules.Where(module => module.IsEnabled))
        {
            services.AddSingleton<IClusterDomain>(provider => module.Open(provider.GetRequiredService<DomainServices>()));
        }

        return services;
    }

    public static IServiceCollection AddClusters(this IServiceCollection services) =>
        services.AddSingleton<ClusterSupervisor>(provider =>
            new(provider.GetServices<IClusterDomain>(), provider.GetRequiredService<OperatorState>().Clusters)
        );

    public static IServiceCollection AddRepositories(this IServiceCollection services, OperatorConfiguration configuration)
    {
        services.AddSingleton<GitNetwork>(provider => new(provider.GetRequiredService<TimeProvider>()));
        foreach (var repository in configuration.Repositories)
        {
            services.AddKeyedSingleton(
                repository.Name,
                (provider, _) =>
                    GitMirror.Open(
                        configuration.FolderOf(repository, "mirror"),
                        repository.Remote,
                        provider.GetRequiredService<GitNetwork>()
                    )
            );
            services.AddSingleton<RepositoryFollower>(provider =>
                new(
                    repository.Name,
                    provider.GetRequiredKeyedService<GitMirror>(repository.Name),
                    new(configuration.Kinds, policy: configuration.PolicyOf(repository)),
                    provider.GetRequiredService<ClusterSupervisor>(),
                    provider.GetRequiredService<KnownRepositories>(),
                    repository.Mode,
                    provider.GetRequiredKeyedService<ReviewedPlans>(repository.Name),
                    provider.GetRequiredKeyedService<MaintenanceWindows>(repository.Name),
                    provider.GetRequiredService<BulkChangeLimit>(),
                    async cancellationToken =>
                        provider.GetKeyedService<StatusBranch>(repository.Name) is { } branch
                            ? WrittenUids.In(await branch.ReadAsync("status", cancellationToken))
                            : KnownUids.None,
                    provider.GetRequiredService<TimeProvider>(),
                    provider.GetRequiredService<ILogger<RepositoryFollower>>()
                )
            );
        }

        return services.AddSingleton<RepositoryRegistry>();
    }

    public static IServiceCollection AddPullRequests(this IServiceCollection services, OperatorConfiguration configuration)
    {
        foreach (var repository in configuration.Repositories)
        {
            if (repository.PullRequests is { } pulls)
            {
                services.AddSingleton(provider => PassOf(provider, configuration, repository, pulls));
            }
        }

        return services.AddSingleton<PullRequestRegistry>();
    }

    private static PullRequestPass PassOf(
        IServiceProvider provider,
        OperatorConfiguration configuration,
        RepositoryConfiguration repository,
        PullRequestConfiguration pulls
    )
    {
        var state = provider.GetRequiredService<OperatorState>();
        var mirror = provider.GetRequiredKeyedService<GitMirror>(repository.Name);
        var clusters = new LiveClusters(provider.GetServices<IClusterDomain>(), state, repository.Name);
        return new(
            new(configuration.OperatorId, repository.Name, PullRequestValidation.BranchOf(repository)!, [.. pulls.TrustedAuthors]),
            ForgeFactory.Open(PullRequestValidation.Options(repository, pulls)!, provider.GetRequiredService<TimeProvider>()),
            mirror,
            new(mirror, configuration.Kinds, configuration.PolicyOf(repository)),
            clusters,
            new Reviewer(
                repository.Url,
                repository.Mode,
                provider.GetRequiredKeyedService<MaintenanceWindows>(repository.Name),
                provider.GetRequiredService<BulkChangeLimit>(),
                clusters,
                provider.GetRequiredService<ILogger<Reviewer>>()
            ),
            state.PullRequests,
            provider.GetRequiredKeyedService<ReviewedPlans>(repository.Name),
            provider.GetRequiredService<ILogger<PullRequestPass>>()
        );
    }
}
