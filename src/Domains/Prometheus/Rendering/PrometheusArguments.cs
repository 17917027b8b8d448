using GitOpsOperator.Domains.Prometheus.Configuration;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Rendering;

/// <summary>
/// The command line of Prometheus, in prometheus-operator's order. What a version takes from its configuration instead is left out.
/// </summary>
internal static class PrometheusArguments
{
    /// <summary>Prometheus' own default is 15 days; upstream's is this.</summary>
    private const string DefaultRetention = "24h";

    private static readonly (string Field, string Flag)[] QueryFlags =
    [
        ("lookbackDelta", "query.lookback-delta"),
        ("maxConcurrency", "query.max-concurrency"),
        ("maxSamples", "query.max-samples"),
        ("timeout", "query.timeout"),
    ];

    private static readonly (string Field, string Flag)[] WebFlags =
    [
        ("pageTitle", "web.page-title"),
        ("maxConnections", "web.max-connections"),
    ];

    private static readonly (string Field, string Flag)[] AlertFlags =
    [
        ("forOutageTolerance", "rules.alert.for-outage-tolerance"),
        ("forGracePeriod", "rules.alert.for-grace-period"),
        ("resendDelay", "rules.alert.resend-delay"),
    ];

    public static IEnumerable<string> Of(PrometheusDesired desired, string configuration, string data)
    {
        var spec = desired.Spec;
        var version = PrometheusRendering.VersionOf(desired);
        yield return $"--config.file={configuration}";
        yield return "--web.enable-lifecycle";
        if (spec["enableRemoteWriteReceiver"].Boolean == true)
        {
            yield return "--web.enable-remote-write-receiver";
            if (spec["remoteWriteReceiverMessageVersions"].Count > 0 && (version.Major, version.Minor).CompareTo((2, 54)) >= 0)
            {
                // Prometheus has their protobuf names (https://prometheus.io/docs/prometheus/latest/command-line/prometheus/).
                yield return "--web.remote-write-receiver.accepted-protobuf-messages="
                    + string.Join(
                        ',',
                        spec["remoteWriteReceiverMessageVersions"]
                            .Texts.Select(given => given == "V2.0" ? "io.prometheus.write.v2.Request" : "prometheus.WriteRequest")
                    );
            }
        }

        if (spec["enableOTLPReceiver"].Boolean == true)
        {
            yield return version.Major >= 3 ? "--web.enable-otlp-receiver" : "--enable-feature=otlp-write-receiver";
        }

        var features = spec["enableFeatures"]
            .Texts.Concat(version.Major < 3 ? [ShardConfiguration.ExpandFeature] : [])
            .Distinct()
            .ToArray();
        if (features.Length > 0)
        {
            yield return $"--enable-feature={string.Join(',', features)}";
        }

        if (spec["externalUrl"].NonEmptyText is { } url)
        {
            yield return $"--web.external-url={url}";
        }

        yield return $"--web.route-prefix=/{desired.RoutePrefix}";
        if (spec["logLevel"].NonEmptyText is { } level && level != "info")
        {
            yield return $"--log.level={level}";
        }

        if (spec["logFormat"].NonEmptyText is { } format && format != "logfmt")
        {
            yield return $"--log.format={format}";
        }

        if ((version.Major, version.Minor).CompareTo((3, 11)) < 0)
        {
            var (time, size) = (spec["retention"].NonEmptyText, spec["retentionSize"].NonEmptyText);
            if (time is not null || size is null)
            {
                yield return $"--storage.tsdb.retention.time={time ?? DefaultRetention}";
            }

            if (size is not null)
            {
                yield return $"--storage.tsdb.retention.size={size}";
            }
        }

        yield return $"--storage.tsdb.path={data}";
        if (spec["disableCompaction"].Boolean == true)
        {
            // Blocks of one length are never compacted; what uploads them elsewhere counts on that.
            yield return "--storage.tsdb.max-block-duration=2h";
            yield return "--storage.tsdb.min-block-duration=2h";
        }

        if (spec["enableAdminAPI"].Boolean == true)
        {
            yield return "--web.enable-admin-api";
        }

        if (spec["walCompression"].Boolean is { } compressed)
        {
            yield return compressed ? "--storage.tsdb.wal-compression" : "--no-storage.tsdb.wal-compression";
        }

        foreach (
            var flag in Flags(spec["query"], QueryFlags)
                .Concat(Flags(spec["web"], WebFlags))
                .Concat(Flags(spec["rules"]["alert"], AlertFlags))
        )
        {
            yield return flag;
        }

        foreach (var argument in spec["additionalArgs"].Items)
        {
            yield return argument["value"].NonEmptyText is { } value ? $"--{argument["name"].Text}={value}" : $"--{argument["name"].Text}";
        }
    }

    private static IEnumerable<string> Flags(SpecNode part, (string Field, string Flag)[] flags) =>
        flags.Select(entry => part[entry.Field].ScalarText is { Length: > 0 } value ? $"--{entry.Flag}={value}" : null).OfType<string>();
}
