using System.Collections.Immutable;
using System.Text.RegularExpressions;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Domains.Prometheus.Spec;

namespace GitOpsOperator.Domains.Prometheus.Planning;

/// <summary>
/// What of the documents means something else to version 3 than to version 2, for who goes from one to the other
/// (https://prometheus.io/docs/prometheus/latest/migration/, and the removed flags of CHANGELOG.md, 3.0.0). Pure.
/// </summary>
internal static partial class UpgradeAdvice
{
    private static readonly ImmutableHashSet<string> FeaturesGone =
    [
        "agent",
        "auto-gomaxprocs",
        "auto-gomemlimit",
        "expand-external-labels",
        "new-service-discovery-manager",
        "no-default-scrape-port",
        "promql-at-modifier",
        "promql-negative-offset",
        "remote-write-receiver",
    ];

    private static readonly ImmutableHashSet<string> FlagsGone =
    [
        "alertmanager.timeout",
        "storage.tsdb.allow-overlapping-blocks",
        "storage.tsdb.retention",
    ];

    /// <summary>Nothing where no process is of version 2, or version 3 is not desired. The oldest release counts.</summary>
    public static ImmutableArray<string> Of(PrometheusDesired desired, PrometheusLive live)
    {
        var running = live
            .Shards.SelectMany(shard => shard.Replicas)
            .Select(replica => PrometheusVersion.TryParse(replica.Server?.Version, out var version) ? version : (PrometheusVersion?)null)
            .OfType<PrometheusVersion>()
            .ToArray();
        if (running.Length == 0 || running.Min().Major != 2 || PrometheusRendering.VersionOf(desired).Major != 3)
        {
            return [];
        }

        var selected = live.Rendered.Selection.Where(item => item.IsIn).Select(item => item.Name).ToHashSet(StringComparer.Ordinal);
        var rules = desired.Document.Objects.Where(item =>
            item.Kind == MonitoringKind.PrometheusRule.Name && selected.Contains($"{item.Kind} {item.Key.Namespace}/{item.Key.Name}")
        );
        return [.. OfRelease(running.Min()), .. OfSpec(desired.Document.Prometheus), .. rules.SelectMany(OfRule), .. OfTargets(desired)];
    }

    private static IEnumerable<string> OfRelease(PrometheusVersion running)
    {
        if (running.Minor < 55)
        {
            yield return $"from {running} go to 2.55 first and check it: it is the only release 2 that is meant to read what "
                + "release 3 has written, so the only way back";
        }
    }

    private static IEnumerable<string> OfSpec(MonitoringDocument prometheus)
    {
        var spec = prometheus.Spec;
        foreach (var feature in spec["enableFeatures"].Texts.Where(FeaturesGone.Contains))
        {
            yield return At(
                prometheus,
                "spec.enableFeatures",
                $"{feature} is no feature of version 3 any more: it is always on or has a field of its own"
            );
        }

        foreach (
            var name in spec["additionalArgs"].Items.Select(argument => argument["name"].Text).OfType<string>().Where(FlagsGone.Contains)
        )
        {
            yield return At(prometheus, "spec.additionalArgs", $"version 3 does not start with --{name}");
        }

        foreach (
            var (_, index) in spec["remoteWrite"]
                .Items.Select((write, index) => (write, index))
                .Where(entry => !entry.write["enableHTTP2"].Exists)
        )
        {
            yield return At(prometheus, $"spec.remoteWrite[{index}]", "version 3 uses HTTP/2 only where enableHTTP2 says so");
        }

        if (!spec["nameValidationScheme"].Exists)
        {
            yield return At(
                prometheus,
                "spec.nameValidationScheme",
                "version 3 takes any UTF-8 in names; Legacy keeps what version 2 took"
            );
        }
    }

    private static IEnumerable<string> OfRule(MonitoringDocument rule)
    {
        foreach (var (group, groupIndex) in rule.Spec["groups"].Items.Select((group, index) => (group, index)))
        {
            foreach (var (one, index) in group["rules"].Items.Select((one, index) => (one, index)))
            {
                var expression = one["expr"].ScalarText ?? "";
                var field = $"spec.groups[{groupIndex}].rules[{index}].expr";
                if (HoltWinters().IsMatch(expression))
                {
                    yield return At(
                        rule,
                        field,
                        "holt_winters is double_exponential_smoothing in version 3, and needs the feature promql-experimental-functions"
                    );
                }

                foreach (Match bound in WholeBound().Matches(expression))
                {
                    yield return At(
                        rule,
                        field,
                        $"version 3 writes whole bounds of classic histograms with .0: {bound.Value} matches nothing that it scrapes; "
                            + $"write {bound.Groups[1].Value}=\"{bound.Groups[2].Value}.0\""
                    );
                }

                foreach (Match subquery in Subquery().Matches(expression).Where(match => match.Groups[1].Value == match.Groups[2].Value))
                {
                    yield return At(
                        rule,
                        field,
                        $"{subquery.Value} holds one point less in version 3, which leaves out the range's left end"
                    );
                }

                if (DotInRegex().IsMatch(expression))
                {
                    yield return At(rule, field, "a dot in a regular expression matches line breaks, too, in version 3; [^\\n] does not");
                }
            }
        }
    }

    private static IEnumerable<string> OfTargets(PrometheusDesired desired)
    {
        if (!desired.Spec["scrapeClasses"].Items.Any(one => one["default"].Boolean == true && one["fallbackScrapeProtocol"].Exists))
        {
            yield return "version 3 refuses a target that does not say which text it answers with (Content-Type), unless its monitor "
                + "or a default scrape class has fallbackScrapeProtocol";
        }
    }

    private static string At(MonitoringDocument document, string field, string message) =>
        $"{document.Location.Path}:{document.Location.Line}: {document.Kind} {document.Key.Name} {field}: {message}";

    [GeneratedRegex(@"\bholt_winters\s*\(")]
    private static partial Regex HoltWinters();

    [GeneratedRegex("\\b(le|quantile)\\s*=\\s*[\"'](\\d+)[\"']")]
    private static partial Regex WholeBound();

    [GeneratedRegex(@"\[\s*(\w+)\s*:\s*(\w+)\s*\]")]
    private static partial Regex Subquery();

    [GeneratedRegex("[=!]~\\s*(\"[^\"]*(?<!\\\\)\\.[^\"]*\"|'[^']*(?<!\\\\)\\.[^']*')")]
    private static partial Regex DotInRegex();
}
