using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Prometheus.Steps;

/// <summary>
/// One thing to do to a Prometheus. Each step is one file of this folder: what it holds, what it means to people, how it is carried out,
/// and what follows from it on the model. Every step may be stopped anywhere and done again: what is done already is found done.
/// </summary>
public abstract partial record PrometheusStep : IStep<PrometheusLive>
{
    private static readonly StepOutcome Done = new StepOutcome.Done();

    private PrometheusStep() { }

    /// <inheritdoc/>
    public abstract StepDescription Describe(PrometheusLive before);

    internal abstract Task<StepOutcome> ExecuteAsync(PrometheusExecution execution, CancellationToken cancellationToken);

    /// <summary>The state right after the step's calls have succeeded. Pure.</summary>
    internal abstract PrometheusLive ApplyTo(PrometheusLive live, PrometheusModel model);

    private static PrometheusNames Names(PrometheusLive live) => new(live.Cluster);
}
