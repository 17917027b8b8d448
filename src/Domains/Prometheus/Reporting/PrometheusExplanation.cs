using System.Collections.Immutable;
using GitOpsOperator.Domains.Prometheus.Live;

namespace GitOpsOperator.Domains.Prometheus.Reporting;

/// <summary>Of each monitor and rule whether a Prometheus has it, where it comes from, and why: one line each.</summary>
public static class PrometheusExplanation
{
    public static ImmutableArray<string> Lines(RenderedFiles rendered) =>
        [
            .. rendered.Selection.Select(item =>
                $"{(item.IsIn ? "+" : "-")} {item.Name} ({item.Place}): {(item.IsIn ? "selected" : "not selected")}: {item.Reason}"
            ),
            .. rendered.Notes.Select(note => $"! {note}"),
            .. rendered.Refusal is { } refusal ? new[] { $"! refused: {refusal}" } : [],
        ];
}
