using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GitOpsOperator.Reconcile.Plans;

/// <summary>A plan for machines.</summary>
public static class PlanJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write(PlanForecast plan) =>
        JsonSerializer.Serialize(
            new
            {
                cluster = new
                {
                    plan.Cluster.Domain,
                    plan.Cluster.Namespace,
                    plan.Cluster.Name,
                },
                plan.Source,
                plan.Commit,
                plan.Verdict,
                plan.Change,
                plan.Summary,
                steps = plan.Steps.Select(s => new
                {
                    s.Kind,
                    s.Subject,
                    s.Sentence,
                    symbol = s.Symbol.ToString(),
                    figures = s.Figures.ToDictionary(f => f.Name, f => new { f.Before, f.After }),
                    s.ClientImpact,
                    s.Risk,
                    s.Reversible,
                    s.WayBack,
                    s.Minor,
                }),
                plan.Warnings,
                plan.Diffs,
                plan.Assumptions,
                stop = plan.Stop is { } stop
                    ? new
                    {
                        stop.Rule,
                        stop.Reason,
                        stop.Remediation,
                        wayOut = stop.Remediation,
                    }
                    : null,
            },
            Options
        ) + "\n";
}
