using System.Diagnostics.Metrics;

namespace GitOpsOperator.Sync;

/// <summary>Calls to git servers. Names and tags are part of what the operator promises; see docs/metrics.md.</summary>
public static class SyncMetrics
{
    public const string MeterName = "GitOpsOperator.Sync";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Histogram<double> Calls = Meter.CreateHistogram<double>(
        "gitops_operator.git.call.duration",
        "s",
        "Time that network calls of git took, by operation and outcome (ok, rejected, or the error)"
    );

    internal static void Called(string operation, string outcome, TimeSpan duration) =>
        Calls.Record(duration.TotalSeconds, new("operation", operation), new("outcome", outcome));
}
