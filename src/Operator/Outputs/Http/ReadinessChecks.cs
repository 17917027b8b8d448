using GitOpsOperator.Operator.State;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GitOpsOperator.Operator.Outputs.Http;

/// <summary>What is in the clusters is known.</summary>
internal sealed class LiveStateCheck(OperatorState state) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            state.IsLiveStateKnown
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("the API server has not answered yet with what is there")
        );
}

/// <summary>Says whether this replica is the active one. Both are ready: a standby takes over when it has to.</summary>
internal sealed class LeadershipCheck(OperatorState state) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(HealthCheckResult.Healthy(state.Leadership.Holds ? "active" : "standby: another replica is active"));
}

/// <summary>
/// The active replica has polled the repository. One that cannot be reached is reported elsewhere: it does not make the operator unready
/// for all others.
/// </summary>
internal sealed class RepositoryCheck(OperatorState state, string repository) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            !state.Leadership.Holds ? HealthCheckResult.Healthy("polled by the active replica")
            : state.Repositories[repository].IsPolled ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("has not been polled yet")
        );
}
