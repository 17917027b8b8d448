using System.Collections.Immutable;
using System.Text.RegularExpressions;
using GitOpsOperator.Domains.Prometheus.Live;

namespace GitOpsOperator.Domains.Prometheus.Planning;

/// <summary>
/// What one configuration has that another has not, by name: jobs and rule files. Values, which may be secret, are not shown.
/// </summary>
public static partial class ConfigurationChanges
{
    public static ImmutableArray<string> Between(PrometheusFiles was, PrometheusFiles desired)
    {
        var (jobsBefore, jobsAfter) = (Jobs(was), Jobs(desired));
        var (rulesBefore, rulesAfter) = (RuleFiles(was), RuleFiles(desired));
        return
        [
            .. jobsAfter.Except(jobsBefore).Order(StringComparer.Ordinal).Select(job => $"job gained: {job}"),
            .. jobsBefore.Except(jobsAfter).Order(StringComparer.Ordinal).Select(job => $"job lost: {job}"),
            .. rulesAfter.Keys.Except(rulesBefore.Keys).Order(StringComparer.Ordinal).Select(file => $"rules gained: {file}"),
            .. rulesBefore.Keys.Except(rulesAfter.Keys).Order(StringComparer.Ordinal).Select(file => $"rules lost: {file}"),
            .. rulesAfter
                .Where(file => rulesBefore.TryGetValue(file.Key, out var text) && text != file.Value)
                .Select(file => $"rules changed: {file.Key}"),
            .. was.Shards.Length != desired.Shards.Length ? new[] { $"shards {was.Shards.Length} -> {desired.Shards.Length}" } : [],
            .. was.Shards[0].Digest != desired.Shards[0].Digest && jobsBefore.SetEquals(jobsAfter)
                ? new[] { "the configuration of jobs or of the whole changes" }
                : [],
        ];
    }

    private static HashSet<string> Jobs(PrometheusFiles files) =>
        [.. JobName().Matches(files.Shards[0].Text).Select(match => match.Groups[1].Value)];

    /// <summary>The text of each file of rules, by name, without those that only carry a digest.</summary>
    internal static SortedDictionary<string, string> RuleFiles(PrometheusFiles files)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (
            var (name, text) in files
                .Rules.SelectMany(map => map.Files)
                .Where(file => !file.Value.Contains(Live.Access.PrometheusMarkers.RuleLabel, StringComparison.Ordinal))
        )
        {
            all[name] = text;
        }

        return all;
    }

    [GeneratedRegex("^- job_name: (.+)$", RegexOptions.Multiline)]
    private static partial Regex JobName();
}
