using System.Diagnostics.Metrics;

namespace GitOpsOperator.Domains.Etcd.Live.Access;

/// <summary>Every call to etcd is counted here, so that its cost while all is idle can be seen and bounded.</summary>
public static class EtcdMetrics
{
    public const string MeterName = "GitOpsOperator.Etcd";

    /// <summary>
    /// Counter with the tags <c>call</c> (such as <c>Status</c>) and <c>outcome</c> (<c>ok</c>, or the <see cref="EtcdFailure"/>).
    /// </summary>
    public const string CallsName = "gitops_operator.etcd.calls";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Calls = Meter.CreateCounter<long>(CallsName, "{call}", "Calls sent to members of etcd clusters");

    private static readonly Histogram<double> Durations = Meter.CreateHistogram<double>(
        "gitops_operator.etcd.call.duration",
        "s",
        "Time that calls to members of etcd clusters took, by call and outcome"
    );

    internal static void Count(string call, string outcome, TimeSpan duration)
    {
        Calls.Add(1, new("call", call), new("outcome", outcome));
        Durations.Record(duration.TotalSeconds, new("call", call), new("outcome", outcome));
    }
}
