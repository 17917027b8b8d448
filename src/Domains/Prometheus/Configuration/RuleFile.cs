using System.Collections.Immutable;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Live.Access;
using GitOpsOperator.Domains.Prometheus.Spec;
using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>A PrometheusRule as the rule file that Prometheus reads.</summary>
public static class RuleFile
{
    private const string MarkerFile = "gitops-operator-digest.yaml";

    /// <summary>
    /// Name of its file. Prometheus knows a group by file and name, and keeps the state of its alerts only while both stay, so nothing that
    /// changes with the content is part of it.
    /// </summary>
    public static string NameOf(MonitoringDocument rule) => $"{rule.Key.Namespace}-{rule.Key.Name}.yaml";

    public static string TextOf(MonitoringDocument rule) =>
        ConfigWriter.Write(new ConfigMapping { { "groups", new ConfigSequence(rule.Spec["groups"].Items.Select(group => Group(group))) } });

    /// <summary>Distributes files over ConfigMaps, in order, none larger than it may be, and gives each its digest.</summary>
    /// <returns>Null where they do not fit.</returns>
    public static ImmutableArray<MarkedRules>? Distribute(ImmutableSortedDictionary<string, string> files)
    {
        var maps = new List<ImmutableSortedDictionary<string, string>.Builder>
        {
            ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal),
        };
        var bytes = 0;
        foreach (var (name, text) in files)
        {
            var size = System.Text.Encoding.UTF8.GetByteCount(text) + name.Length;
            if (bytes > 0 && bytes + size > PrometheusLimits.RuleMapBytes)
            {
                maps.Add(ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal));
                bytes = 0;
            }

            maps[^1][name] = text;
            bytes += size;
        }

        return maps.Count > PrometheusLimits.RuleMaps ? null : [.. maps.Select(Mark)];
    }

    private static MarkedRules Mark(ImmutableSortedDictionary<string, string>.Builder files)
    {
        var digest = Digests.Of(files.SelectMany(file => (string[])[file.Key, file.Value]));
        files[MarkerFile] = $"""
            groups:
            - name: {PrometheusMarkers.RuleGroup}
              interval: 1h
              rules:
              - record: {PrometheusMarkers.RuleGroup.Replace('-', '_')}
                expr: vector(0) > 1
                labels:
                  {PrometheusMarkers.RuleLabel}: "{digest}"

            """;
        return new(digest, files.ToImmutable());
    }

    /// <summary>Without what only Thanos knows.</summary>
    private static ConfigMapping Group(SpecNode group)
    {
        var mapping = new ConfigMapping();
        foreach (var (key, value) in group.Fields.Where(field => field.Key != "partial_response_strategy"))
        {
            mapping.Add(key, Node(value));
        }

        return mapping;
    }

    private static ConfigNode Node(SpecNode value)
    {
        if (value.IsList)
        {
            return new ConfigSequence(value.Items.Select(Node));
        }

        if (!value.IsMapping)
        {
            // An expression may be written as a bare number; Prometheus wants text there, and reads a number as such.
            return new ConfigScalar(value.ScalarText ?? "", isText: value.IsText);
        }

        var mapping = new ConfigMapping();
        foreach (var (key, item) in value.Fields)
        {
            mapping.Add(key, Node(item));
        }

        return mapping;
    }
}
