using System.Globalization;
using GitOpsOperator.Drift.Comparison;
using GitOpsOperator.Drift.Ledger;
using GitOpsOperator.Reconcile.Reporting;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace GitOpsOperator.Operator.Outputs.StatusBranch;

/// <summary>
/// Since when differences have been there, across lives of the operator: taken from the drift reports that the last life wrote. It is only
/// shown, never decided by. What cannot be read is as if it had not been there.
/// </summary>
internal sealed class FirstSeen
{
    private static readonly IDeserializer Yaml = new DeserializerBuilder()
        .WithNamingConvention(CamelCaseNamingConvention.Instance)
        .IgnoreUnmatchedProperties()
        .Build();

    private readonly Dictionary<Difference, DateTimeOffset> _times = [];
    private readonly HashSet<Difference> _cured = [];

    /// <param name="files">The folder <c>drift</c> of the branch, content by path.</param>
    public static FirstSeen In(IEnumerable<KeyValuePair<string, string>> files)
    {
        var seen = new FirstSeen();
        foreach (var (_, content) in files.Where(file => file.Key.EndsWith(".yaml", StringComparison.Ordinal)))
        {
            seen.Take(content);
        }

        return seen;
    }

    /// <summary>The report with the earliest time known of each difference. One that the cluster no longer has is forgotten.</summary>
    public ClusterReport Apply(ClusterReport report)
    {
        Forget(report);
        return report with { Drifts = [.. report.Drifts.Select(entry => Earliest(report, entry))] };
    }

    /// <summary>What is gone, and what was cured and has come again: that is another difference.</summary>
    private void Forget(ClusterReport report)
    {
        var open = report.Drifts.Where(entry => entry.CuredAt is null).Select(entry => Difference.Of(report, entry)).ToHashSet();
        var cured = report
            .Drifts.Where(entry => entry.CuredAt is not null)
            .Select(entry => Difference.Of(report, entry))
            .Except(open)
            .ToHashSet();
        foreach (var known in _times.Keys.Where(known => known.Cluster == report.Cluster.ToString()).ToList())
        {
            if (cured.Contains(known))
            {
                _cured.Add(known);
            }
            else if (!open.Contains(known) || _cured.Remove(known))
            {
                _times.Remove(known);
            }
        }
    }

    private DriftEntry Earliest(ClusterReport report, DriftEntry entry) =>
        _times.TryGetValue(Difference.Of(report, entry), out var before) && before < entry.FirstSeen
            ? entry with
            {
                FirstSeen = before,
            }
            : entry;

    private void Take(string content)
    {
        try
        {
            if (Yaml.Deserialize<Written?>(content) is { Cluster: { } cluster, Drifts: { } drifts })
            {
                foreach (var drift in drifts.Where(drift => drift is { CuredAt: null, Object: not null, Path: not null }))
                {
                    if (
                        DateTimeOffset.TryParseExact(
                            drift.FirstSeen,
                            DriftTime.Format,
                            CultureInfo.InvariantCulture,
                            DateTimeStyles.AssumeUniversal,
                            out var time
                        )
                    )
                    {
                        _times[new(cluster, drift.Object!, drift.Path!, drift.Live)] = time;
                    }
                }
            }
        }
        catch (YamlException)
        {
            // Edited by somebody, or of another release: the times begin anew with this life.
        }
    }

    private sealed record Difference(string Cluster, string Target, string Path, string? Live)
    {
        public static Difference Of(ClusterReport report, DriftEntry entry) =>
            new(report.Cluster.ToString(), entry.Fact.Target, entry.Fact.Path, entry.Fact.Live);
    }

    private sealed class Written
    {
        public string? Cluster { get; set; }

        public List<WrittenDrift>? Drifts { get; set; }
    }

    private sealed class WrittenDrift
    {
        public string? Object { get; set; }

        public string? Path { get; set; }

        public string? Live { get; set; }

        public string? FirstSeen { get; set; }

        public string? CuredAt { get; set; }
    }
}
