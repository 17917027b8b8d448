using System.Diagnostics.Metrics;
using System.Globalization;

namespace GitOpsOperator.Operator.Hosting;

/// <summary>Counts and times every call to the API server. A watch is timed until it has begun.</summary>
internal sealed class KubernetesCallMeter(TimeProvider time) : DelegatingHandler
{
    public const string MeterName = "GitOpsOperator.Kubernetes";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Histogram<double> Calls = Meter.CreateHistogram<double>(
        "gitops_operator.kubernetes.call.duration",
        "s",
        "Time that calls to the API server took, by verb, resource and status code (or none)"
    );

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var sent = time.GetTimestamp();
        var code = "none";
        try
        {
            var answer = await base.SendAsync(request, cancellationToken);
            code = ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
            return answer;
        }
        finally
        {
            var (verb, resource) = KubernetesCall.Of(request.Method.Method, request.RequestUri);
            Calls.Record(time.GetElapsedTime(sent).TotalSeconds, new("verb", verb), new("resource", resource), new("code", code));
        }
    }
}
