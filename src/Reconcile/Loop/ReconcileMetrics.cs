using System.Diagnostics.Metrics;

namespace GitOpsOperator.Reconcile.Loop;

/// <summary>Passes and steps of every cluster's loop. Names and tags are part of what the operator promises; see docs/metrics.md.</summary>
public static class ReconcileMetrics
{
    public const string MeterName = "GitOpsOperator.Reconcile";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Counter<long> Passes = Meter.CreateCounter<long>(
        "gitops_operator.passes",
        "{pass}",
        "Passes over a cluster, by what was decided: step, progress, blocked, refused, converged or failed"
    );

    private static readonly Histogram<double> Steps = Meter.CreateHistogram<double>(
        "gitops_operator.step.duration",
        "s",
        "Time that steps took, by kind of step and by whether they were done"
    );

    internal static void Passed(string domain, string result) => Passes.Add(1, new("domain", domain), new("result", result));

    internal static void Stepped(string domain, string step, string outcome, TimeSpan duration) =>
        Steps.Record(duration.TotalSeconds, new("domain", domain), new("step", step), new("outcome", outcome));
}
