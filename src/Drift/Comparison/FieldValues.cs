using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Drift.Comparison;

/// <summary>
/// Whether two texts of a field mean the same to Kubernetes: quantities, durations, ports, numbers, and values that stand for "not said".
/// What a field holds is told by its name, as in the kinds' OpenAPI descriptions.
/// </summary>
public static class FieldValues
{
    private static readonly FrozenSet<string> QuantityMaps = FrozenSet.Create("requests", "limits", "capacity", "hard", "overhead");
    private static readonly FrozenSet<string> Quantities = FrozenSet.Create("sizeLimit", "divisor");

    private static readonly FrozenSet<string> Durations = FrozenSet.Create(
        "interval",
        "timeout",
        "duration",
        "for",
        "keepFiringFor",
        "scrapeInterval",
        "scrapeTimeout",
        "evaluationInterval",
        "retention",
        "scrape_interval",
        "scrape_timeout",
        "evaluation_interval",
        "keep_firing_for"
    );

    private static readonly FrozenSet<string> NumbersOrNames = FrozenSet.Create("port", "targetPort", "minAvailable", "maxUnavailable");

    /// <summary>What the API server takes a missing field for (the types' SetDefaults functions); said or not, it is the same.</summary>
    private static readonly FrozenDictionary<string, string> Defaults = new Dictionary<string, string>
    {
        ["protocol"] = "TCP",
        ["scheme"] = "HTTP",
        ["restartPolicy"] = "Always",
        ["dnsPolicy"] = "ClusterFirst",
        ["schedulerName"] = "default-scheduler",
        ["terminationGracePeriodSeconds"] = "30",
        ["terminationMessagePath"] = "/dev/termination-log",
        ["terminationMessagePolicy"] = "File",
        ["successThreshold"] = "1",
        ["failureThreshold"] = "3",
        ["periodSeconds"] = "10",
        ["timeoutSeconds"] = "1",
        ["initialDelaySeconds"] = "0",
        ["sessionAffinity"] = "None",
        ["volumeMode"] = "Filesystem",
        ["revisionHistoryLimit"] = "10",
        ["replicas"] = "1",
        ["podManagementPolicy"] = "OrderedReady",
        ["defaultMode"] = "420",
        ["automountServiceAccountToken"] = "true",
        ["enableServiceLinks"] = "true",
    }.ToFrozenDictionary();

    public static bool Same(FieldPath path, JsonValue git, JsonValue? live)
    {
        if (live is null)
        {
            return IsDefault(path.Field, git);
        }

        var (left, right) = (git.ToString(), live.ToString());
        if (left == right)
        {
            return true;
        }

        if (QuantityMaps.Contains(path.Parent) || Quantities.Contains(path.Field))
        {
            return Quantity.TryParse(left, out var a) && Quantity.TryParse(right, out var b) && a == b;
        }

        if (Durations.Contains(path.Field))
        {
            return KubernetesDuration.Parse(left) is { } a && KubernetesDuration.Parse(right) == a;
        }

        return BothNumbers(path, git, live) && Number(left) is { } number && Number(right) == number;
    }

    private static bool BothNumbers(FieldPath path, JsonValue git, JsonValue live) =>
        NumbersOrNames.Contains(path.Field) || (git.GetValueKind() == JsonValueKind.Number && live.GetValueKind() == JsonValueKind.Number);

    private static decimal? Number(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static bool IsDefault(string field, JsonValue git) =>
        Defaults.TryGetValue(field, out var @default)
            ? git.ToString() == @default
            : git.GetValueKind() == JsonValueKind.False || git.ToString().Length == 0;
}
