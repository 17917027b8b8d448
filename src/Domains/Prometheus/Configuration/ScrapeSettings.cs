using System.Numerics;
using System.Text.RegularExpressions;
using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>Settings that jobs of every kind have.</summary>
internal static partial class ScrapeSettings
{
    /// <summary>The version from which the global section's limits hold for jobs that have none.</summary>
    private static readonly VersionGate GlobalLimits = VersionGates.Since("global limits", "2.45.0");

    private static readonly (string Field, string Enforced, VersionGate Gate)[] Limits =
    [
        ("sampleLimit", "enforcedSampleLimit", VersionGates.Since("sample_limit", "0.0.0")),
        ("targetLimit", "enforcedTargetLimit", VersionGates.Since("target_limit", "2.21.0")),
        ("labelLimit", "enforcedLabelLimit", VersionGates.Since("label_limit", "2.27.0")),
        ("labelNameLengthLimit", "enforcedLabelNameLengthLimit", VersionGates.Since("label_name_length_limit", "2.27.0")),
        ("labelValueLengthLimit", "enforcedLabelValueLengthLimit", VersionGates.Since("label_value_length_limit", "2.27.0")),
        ("keepDroppedTargets", "enforcedKeepDroppedTargets", VersionGates.Since("keep_dropped_targets", "2.47.0")),
    ];

    public static void AddHonorLabels(this ConfigMapping job, RenderingContext context, SpecNode honorLabels) =>
        job.Add("honor_labels", honorLabels.Boolean == true && context.Spec["overrideHonorLabels"].Boolean != true);

    public static void AddHonorTimestamps(this ConfigMapping job, RenderingContext context, bool? honorTimestamps)
    {
        var overridden = context.Spec["overrideHonorTimestamps"].Boolean == true;
        if ((honorTimestamps is not null || overridden) && context.Admits(VersionGates.HonorTimestamps))
        {
            job.Add("honor_timestamps", honorTimestamps == true && !overridden);
        }
    }

    public static void AddScrapeProtocols(this ConfigMapping target, RenderingContext context, SpecNode protocols)
    {
        if (protocols.Count > 0 && context.Admits(VersionGates.ScrapeProtocols))
        {
            var known = protocols.Texts.Where(protocol => protocol != "PrometheusText1.0.0" || context.Admits(VersionGates.TextProtocol1));
            target.Add("scrape_protocols", ConfigSequence.OfTexts(known));
        }
    }

    /// <summary>A job's own limit, never above the enforced one.</summary>
    public static void AddLimits(this ConfigMapping job, RenderingContext context, SpecNode monitor)
    {
        foreach (var (field, enforcedField, gate) in Limits)
        {
            var (own, enforced) = (monitor[field].WholeNumber, context.Spec[enforcedField].WholeNumber ?? 0);
            var limit = (own ?? 0, enforced) switch
            {
                (_, 0) => own,
                (0, _) => GlobalLimits.Admits(context.Version) ? null : enforced,
                (var desired, _) => Math.Min(desired, enforced),
            };
            if (limit is { } value && context.Admits(gate))
            {
                job.Add(gate.Name, value);
            }
        }
    }

    public static void AddNativeHistograms(this ConfigMapping job, RenderingContext context, SpecNode monitor)
    {
        job.Copy(context, VersionGates.Histograms.ScrapeNative, monitor["scrapeNativeHistograms"]);
        job.Copy(context, VersionGates.Histograms.BucketLimit, monitor["nativeHistogramBucketLimit"]);
        if (monitor["nativeHistogramMinBucketFactor"].Quantity is { } factor && context.Admits(VersionGates.Histograms.MinBucketFactor))
        {
            job.Add(VersionGates.Histograms.MinBucketFactor.Name, factor);
        }

        var classic = context.Version.Major >= 3 ? VersionGates.Histograms.AlwaysScrapeClassic : VersionGates.Histograms.ScrapeClassic;
        job.Copy(context, classic, monitor["scrapeClassicHistograms"]);
        job.Copy(context, VersionGates.Histograms.ConvertClassic, monitor["convertClassicHistogramsToNHCB"]);
    }

    public static void AddProtocols(this ConfigMapping job, RenderingContext context, SpecNode monitor, SpecNode scrapeClass)
    {
        job.AddScrapeProtocols(context, monitor["scrapeProtocols"]);
        var fallback = monitor["fallbackScrapeProtocol"];
        job.Copy(context, VersionGates.FallbackScrapeProtocol, fallback.Exists ? fallback : scrapeClass["fallbackScrapeProtocol"]);
    }

    public static void AddBodySizeLimit(this ConfigMapping job, RenderingContext context, SpecNode own)
    {
        var enforced = context.Spec["enforcedBodySizeLimit"].NonEmptyText;
        var limit = own.NonEmptyText is { } desired && (enforced is null || Bytes(desired) <= Bytes(enforced)) ? desired : enforced;
        if (limit is not null && context.Admits(VersionGates.BodySizeLimit))
        {
            job.Add("body_size_limit", limit);
        }
    }

    public static void AddMetricRelabeling(
        this ConfigMapping job,
        RenderingContext context,
        MonitorObject monitor,
        MonitorKind kind,
        SpecNode rules,
        SpecNode scrapeClass
    )
    {
        var all = Relabeling.OfDocument(scrapeClass["metricRelabelings"]);
        all.AddRange(Relabeling.WithEnforcedNamespace(context, monitor, kind, Relabeling.OfDocument(rules)));
        if (all.Count > 0)
        {
            job.Add("metric_relabel_configs", all);
        }
    }

    public static void AddNameSchemes(this ConfigMapping target, RenderingContext context, SpecNode owner)
    {
        if (owner["nameValidationScheme"].Text is { } validation && context.Admits(VersionGates.NameValidationScheme))
        {
            target.Add(VersionGates.NameValidationScheme.Name, ConfigAdditions.Lower(validation));
        }

        var escaping = owner["nameEscapingScheme"].Text switch
        {
            "AllowUTF8" => "allow-utf-8",
            "Underscores" => "underscores",
            "Dots" => "dots",
            "Values" => "values",
            _ => null,
        };
        if (escaping is not null && context.Admits(VersionGates.NameEscapingScheme))
        {
            target.Add(VersionGates.NameEscapingScheme.Name, escaping);
        }
    }

    /// <summary>The limits of the global section, which hold for every job without a limit of its own.</summary>
    public static void AddGlobalLimits(this ConfigMapping global, RenderingContext context)
    {
        var size = context.Spec["bodySizeLimit"];
        global.Copy(context, VersionGates.Global.BodySizeLimit, size.Exists ? size : context.Spec["enforcedBodySizeLimit"]);
        foreach (var (field, enforcedField, gate) in Limits)
        {
            var (own, enforced) = (context.Spec[field].WholeNumber ?? 0, context.Spec[enforcedField].WholeNumber ?? 0);
            var limit = (own > 0, enforced > 0) switch
            {
                (true, true) => Math.Min(own, enforced),
                (true, false) => own,
                (false, true) => enforced,
                _ => 0,
            };
            var since = gate.Since > GlobalLimits.Since ? gate : gate with { Since = GlobalLimits.Since };
            if (limit > 0 && context.Admits(since))
            {
                global.Add(gate.Name, limit);
            }
        }
    }

    /// <summary>Powers of 1024 whether written <c>MB</c> or <c>MiB</c>, as Prometheus reads them.</summary>
    private static BigInteger Bytes(string size)
    {
        if (ByteSize().Match(size) is not { Success: true } match)
        {
            return 0;
        }

        var power = match.Groups["unit"].Value is [var unit, ..] ? "BKMGTPE".IndexOf(unit, StringComparison.Ordinal) : 0;
        return BigInteger.Parse(match.Groups["number"].Value) * BigInteger.Pow(1024, Math.Max(0, power));
    }

    [GeneratedRegex(@"\A(?<number>[0-9]{1,20})(?<unit>(?:[KMGTPE]i?)?B)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex ByteSize();
}
