using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GitOpsOperator.Operator.Http;

/// <summary>What is in the clusters is known.</summary>
internal sealed class LiveStateCheck(OperatorParts parts) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            parts.Synced ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("the API server has not told yet what is there")
        );
}

/// <summary>Says whether this replica is the active one. Both are ready: one that stands by takes over when it has to.</summary>
internal sealed class LeadershipCheck(OperatorParts parts) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(HealthCheckResult.Healthy(parts.Election is { Holds: false } ? "standby: another replica is active" : "active"));
}

/// <summary>
/// The active replica has polled the repository. One that cannot be reached is reported elsewhere: it does not make the operator unready for
/// all others.
/// </summary>
internal sealed class RepositoryCheck(OperatorParts parts, string repository) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            parts.Election is { Holds: false } ? HealthCheckResult.Healthy("polled by the active replica")
            : parts.Repositories[repository].Follower.LookedAt ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("has not been polled yet")
        );
}
