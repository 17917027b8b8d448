using System.Text.RegularExpressions;
using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>Rules that rewrite and choose targets and samples.</summary>
internal static partial class Relabeling
{
    /// <summary>The job's name is kept where a user's rule can read it after <c>job</c> has become something else.</summary>
    public static ConfigMapping RememberJobName =>
        new() { { "source_labels", Labels("job") }, { "target_label", "__tmp_prometheus_job_name" } };

    /// <summary>A pod that has ended has no metrics any more.</summary>
    public static ConfigMapping DropEndedPods =>
        new()
        {
            { "action", "drop" },
            { "source_labels", Labels("__meta_kubernetes_pod_phase") },
            { "regex", "(Failed|Succeeded)" },
        };

    /// <summary>What a document's list of rules says.</summary>
    public static ConfigSequence OfDocument(SpecNode rules) => new(rules.Items.Select(OfDocumentRule));

    public static ConfigSequence Labels(params IEnumerable<string> labels) => ConfigSequence.OfTexts(labels);

    public static ConfigMapping Label(string target, string source) =>
        new() { { "source_labels", Labels(source) }, { "target_label", target } };

    public static ConfigMapping Constant(string target, string value) => new() { { "target_label", target }, { "replacement", value } };

    public static ConfigMapping Keep(string source, ConfigNode regex) =>
        new()
        {
            { "action", "keep" },
            { "source_labels", Labels(source) },
            { "regex", regex },
        };

    public static ConfigMapping CopyIfSet(string target, string source) =>
        new()
        {
            { "source_labels", Labels(source) },
            { "target_label", target },
            { "regex", "(.+)" },
            { "replacement", "${1}" },
        };

    /// <summary>A label of Kubernetes onto the target, under the name that Prometheus gives it.</summary>
    public static IEnumerable<ConfigNode> CopyLabels(string kind, IEnumerable<string> labels) =>
        labels.Select(label => CopyIfSet(LabelName(label), $"__meta_kubernetes_{kind}_label_{LabelName(label)}"));

    /// <summary>
    /// The namespace is forced upon a monitor's rules as the last one, so that no rule of the monitor can undo it; unless the monitor is
    /// among those that <c>excludedFromEnforcement</c> names.
    /// </summary>
    public static ConfigSequence WithEnforcedNamespace(
        RenderingContext context,
        MonitorObject monitor,
        MonitorKind kind,
        ConfigSequence rules
    )
    {
        if (context.Spec["enforcedNamespaceLabel"].NonEmptyText is { } label && !IsExcluded(context, monitor, kind))
        {
            rules.Add(Constant(label, monitor.Namespace));
        }

        return rules;
    }

    public static string LabelName(string label) => NotInLabelName().Replace(label, "_");

    private static ConfigNode OfDocumentRule(SpecNode rule)
    {
        var rendered = new ConfigMapping();
        rendered.CopyNonEmpty("source_labels", rule["sourceLabels"]);
        rendered.Copy("separator", rule["separator"]);
        rendered.CopyNonEmpty("target_label", rule["targetLabel"]);
        rendered.CopyNonEmpty("regex", rule["regex"]);
        rendered.CopyNonEmpty("modulus", rule["modulus"]);
        rendered.Copy("replacement", rule["replacement"]);
        if (rule["action"].NonEmptyText is { } action)
        {
            rendered.Add("action", ConfigAdditions.Lower(action));
        }

        return rendered;
    }

    private static bool IsExcluded(RenderingContext context, MonitorObject monitor, MonitorKind kind) =>
        context
            .Spec["excludedFromEnforcement"]
            .Items.Any(excluded =>
                excluded["namespace"].Text == monitor.Namespace
                && excluded["group"].Text is null or "" or MonitorKind.Group
                && excluded["resource"].Text == kind.Resource
                && (excluded["name"].NonEmptyText is not { } name || name == monitor.Name)
            );

    [GeneratedRegex("[^a-zA-Z0-9_]", RegexOptions.CultureInvariant)]
    private static partial Regex NotInLabelName();
}
