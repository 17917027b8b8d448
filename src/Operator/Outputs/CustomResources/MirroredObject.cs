using System.Collections.Immutable;
using System.Text.Json.Nodes;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Ledger;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Specs;
using k8s.Models;

namespace GitOpsOperator.Operator.Outputs.CustomResources;

/// <summary>
/// The object that shows one cluster: what was asked of it, and what somebody has changed of it by hand. For one caller at a time.
/// </summary>
/// <param name="notify">Told of each edit by hand that was reverted.</param>
internal sealed class MirroredObject(
    ProjectedKind kind,
    OwnerId owner,
    CustomResourceCalls calls,
    Action<ClusterEvent> notify,
    TimeProvider time
)
{
    private readonly DriftLedger _ledger = new(new(), time);
    private Asked? _spec;
    private Asked? _status;

    /// <summary>What the object was last brought in line with, and how it was before.</summary>
    private (ClusterReport Report, CustomObject? Live)? _shown;

    /// <summary>What somebody has changed of it by hand. May be read from any thread.</summary>
    public ImmutableArray<DriftEntry> HandEdits => _ledger.Entries;

    /// <summary>Brings the object in line with the report; makes no call where it is.</summary>
    /// <param name="live">As the watch has it; null where it does not exist.</param>
    public async Task ShowAsync(ClusterReport report, string repository, CustomObject? live, CancellationToken cancellationToken)
    {
        var seen = (report, live);
        if (_shown == seen && HandEdits.IsEmpty)
        {
            // One cluster's news is no reason to compare a thousand others.
            return;
        }

        if (CustomResourceRenderer.Of(report, kind, owner, repository) is { } desired)
        {
            live = await ShowSpecAsync(report.Cluster, desired, live, cancellationToken);
        }

        if (live is not null)
        {
            await ShowStatusAsync(report, live, cancellationToken);
        }

        _shown = seen;
    }

    private async Task<CustomObject?> ShowSpecAsync(
        ClusterKey cluster,
        CustomObject desired,
        CustomObject? live,
        CancellationToken cancellationToken
    )
    {
        var text = desired.Spec!.ToJsonString();
        var facts = live is null ? [] : _ledger.Take(CustomResourceRenderer.HandEdits(desired, live, _spec?.AsKept));
        if (live is not null && _spec is null && SameMetadata(desired, live) && JsonNode.DeepEquals(desired.Spec, live.Spec))
        {
            _spec = new(text, live.Spec);
        }

        var asked = _spec is not null && _spec.Desired == text && live is not null && SameMetadata(desired, live);

        // Asked for already, and either it is so, or somebody else insists on something else.
        if (asked && !facts.Any(fact => fact.Reverts))
        {
            return live;
        }

        var applied = await calls.ApplyAsync(desired, cancellationToken);
        _spec = new(text, applied.Spec);
        if (facts.FirstOrDefault(fact => fact.Reverts) is { } edit)
        {
            _ledger.NoteRevert(edit.Target);
            notify(
                new(
                    cluster,
                    ClusterEventKind.Step,
                    "HandEditReverted",
                    $"{edit.Target} {edit.Path}: {edit.Live ?? "removed"} reverted to {edit.Git ?? "nothing"}, "
                        + $"changed by {edit.ChangedBy}: it shows what git says, and changing it changes no cluster"
                )
            );
        }

        return applied;
    }

    private async Task ShowStatusAsync(ClusterReport report, CustomObject live, CancellationToken cancellationToken)
    {
        var status = JsonNode.Parse(CustomResourceRenderer.Status(report, live, time.GetUtcNow()).ToJsonString())!.AsObject();
        var text = status.ToJsonString();
        if (
            JsonNode.DeepEquals(status, live.Status)
            || (_status is { } last && last.Desired == text && JsonNode.DeepEquals(last.AsKept, live.Status))
        )
        {
            return;
        }

        var applied = await calls.ApplyStatusAsync(
            new()
            {
                ApiVersion = ProjectedKind.ApiVersion,
                Kind = kind.Name,
                Metadata = new() { Name = report.Cluster.Name, NamespaceProperty = report.Cluster.Namespace },
                Status = status,
            },
            cancellationToken
        );
        _status = new(text, applied.Status);
    }

    private static bool SameMetadata(CustomObject desired, CustomObject live) =>
        desired.Metadata.Labels.All(label => live.GetLabel(label.Key) == label.Value)
        && desired.Metadata.Annotations.All(annotation => live.GetAnnotation(annotation.Key) == annotation.Value);

    /// <summary>What was asked for, and what the API server made of it: an older definition may not know all of it.</summary>
    private sealed record Asked(string Desired, JsonObject? AsKept);
}
