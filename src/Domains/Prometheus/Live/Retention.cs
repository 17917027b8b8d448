using GitOpsOperator.Domains.Prometheus.Spec;
using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Live;

/// <summary>How long and how much history is kept; what is null is no bound.</summary>
/// <param name="Text">As Prometheus itself says it: <c>15d or 10GiB</c>.</param>
public sealed record Retention(TimeSpan? Time, long? Bytes, string Text)
{
    /// <summary>Upstream's, where a document gives neither a time nor a size.</summary>
    private const string DefaultTime = "24h";

    private const string Or = " or ";

    public static Retention Desired(SpecNode spec)
    {
        var (time, size) = (spec["retention"].NonEmptyText, spec["retentionSize"].NonEmptyText);
        return Of(time ?? (size is null ? DefaultTime : null), size);
    }

    /// <summary>By the flags of a process; null where they say nothing of it.</summary>
    public static Retention? OfArguments(IEnumerable<string> arguments)
    {
        var given = arguments.ToArray();
        var (time, size) = (Value("time"), Value("size"));
        return time is null && size is null ? null : Of(time, size);

        string? Value(string flag) =>
            given
                .FirstOrDefault(argument => argument.StartsWith($"--storage.tsdb.retention.{flag}=", StringComparison.Ordinal))
                ?.Split('=', 2)[1];
    }

    /// <summary>
    /// By <c>storageRetention</c> of a process' own <c>/api/v1/status/runtimeinfo</c>; null where that is empty or not understood.
    /// </summary>
    public static Retention? OfRuntime(string? said)
    {
        var parts = (said ?? "").Split(Or);
        var (time, size) = parts switch
        {
            [var first, var second] => (first, second),
            [var only] when PrometheusDuration.TryParse(only, out _) => (only, null),
            [var only] when PrometheusSize.TryParse(only, out _) => (null, only),
            _ => ((string?)null, (string?)null),
        };
        return time is null && size is null ? null
            : Of(time, size) is { Time: null, Bytes: null } ? null
            : Of(time, size);
    }

    /// <summary>Whether something that is kept now would be kept no longer.</summary>
    public bool IsShorterThan(Retention now) => Exceeds(now.Time, Time) || Exceeds(now.Bytes, Bytes);

    private static bool Exceeds<T>(T? now, T? then)
        where T : struct, IComparable<T> => then is { } bound && (now is not { } before || before.CompareTo(bound) > 0);

    private static Retention Of(string? time, string? size) =>
        new(
            PrometheusDuration.TryParse(time, out var duration) && duration > TimeSpan.Zero ? duration : null,
            PrometheusSize.TryParse(size, out var bytes) && bytes > 0 ? bytes : null,
            string.Join(Or, new[] { time, size }.OfType<string>())
        );
}
