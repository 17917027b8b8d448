using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Comparison;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Reconcile.Reporting;

/// <summary>
/// A cluster as an object of Kubernetes: git's spec and the status that the operator gives it. It is there to be read. Nothing is decided
/// from it and nothing is owned by it, so that it can go, with its definition, at any time. Pure.
/// </summary>
public static class CustomResourceRenderer
{
    /// <summary>What git says of the cluster; null where the report does not know it.</summary>
    public static CustomObject? Of(ClusterReport report, ProjectedKind kind, OwnerId owner, string repository) =>
        report.Spec is not { } spec
            ? null
            : new()
            {
                ApiVersion = ProjectedKind.ApiVersion,
                Kind = kind.Name,
                Metadata = new()
                {
                    Name = report.Cluster.Name,
                    NamespaceProperty = report.Cluster.Namespace,
                    Labels = new Dictionary<string, string> { [ObjectLabels.Owner] = owner.Label },
                    Annotations = new Dictionary<string, string>
                    {
                        [ObjectLabels.RepositoryAnnotation] = repository,
                        [ObjectLabels.PathAnnotation] = report.Path ?? "",
                    },
                },
                Spec = JsonNode.Parse(spec)!.AsObject(),
            };

    /// <summary>The status, with conditions by Kubernetes' conventions (API conventions, "Typical status properties").</summary>
    /// <param name="before">The object as it is, for the times at which conditions last changed.</param>
    public static JsonObject Status(ClusterReport report, CustomObject before, DateTimeOffset now)
    {
        var status = new JsonObject
        {
            ["observedGeneration"] = before.Metadata.Generation ?? 0,
            ["phase"] = report.Phase.ToString(),
            ["summary"] = report.Summary,
            ["headline"] = report.Summary,
            ["ready"] = report.Members.Count(member => member is { Healthy: true, Role: not "learner" }),
            ["members"] = new JsonArray([.. report.Members.Select(Member)]),
            ["conditions"] = new JsonArray([.. Conditions(report).Select(condition => Shown(condition, before, now))]),
        };
        AddText(
            status,
            "version",
            string.Join(
                ", ",
                report
                    .Members.Select(member => member.Version)
                    .Where(version => version != "unknown")
                    .Distinct()
                    .Order(StringComparer.Ordinal)
            )
        );
        AddText(status, "revision", report.Revision);
        AddText(status, "currentStep", report.CurrentStep);
        if (report.Blocker is { } blocker)
        {
            status["blocked"] = Blocked(blocker, "remediation");
            status["refusal"] = Blocked(blocker, "wayOut");
        }

        return status;
    }

    /// <param name="remediation">What the key of the remediation is called.</param>
    private static JsonObject Blocked(Blocker blocker, string remediation) =>
        new()
        {
            ["rule"] = blocker.Rule,
            ["reason"] = blocker.Reason,
            [remediation] = blocker.Remediation,
        };

    /// <summary>
    /// What somebody has changed by hand. It has no effect on the cluster, and the object is made to say again what git says.
    /// </summary>
    /// <param name="kept">
    /// The spec as the API server kept it when it was last applied; null where this life of the operator has not applied it.
    /// </param>
    public static ImmutableArray<DriftFact> HandEdits(CustomObject desired, CustomObject live, JsonObject? kept) =>
        [
            .. ObjectDrift
                .Compare(Bare(desired, kept ?? desired.Spec), Bare(live, live.Spec))
                .Where(fact => fact.Class != DriftClass.Foreign && (fact.Actor is not null || kept is not null))
                .Select(fact =>
                    fact with
                    {
                        Class = DriftClass.Drift,
                        Reverts = true,
                        Action = "reverted: this object shows what git says, and changing it changes no cluster",
                    }
                ),
        ];

    private static IEnumerable<Condition> Conditions(ClusterReport report)
    {
        var drifts = report.Drifts.Where(entry => entry.IsOpen).ToList();
        return report.Conditions.Append(
            new(
                "Drifted",
                drifts.Count > 0,
                drifts.Count > 0 ? "DiffersFromGit" : "AsInGit",
                drifts.Count > 0
                    ? string.Join("; ", drifts.Take(3).Select(entry => $"{entry.Fact.Target} {entry.Fact.Path}".TrimEnd()))
                        + (drifts.Count > 3 ? $" and {drifts.Count - 3} more" : "")
                    : "Nothing differs from git"
            )
        );
    }

    private static JsonObject Member(MemberReport member) =>
        new()
        {
            ["name"] = member.Name,
            ["role"] = member.Role,
            ["version"] = member.Version,
            ["healthy"] = member.Healthy,
            ["detail"] = member.Detail,
        };

    private static JsonObject Shown(Condition condition, CustomObject before, DateTimeOffset now)
    {
        var status = condition.Status ? "True" : "False";
        var known = (before.Status?["conditions"] as JsonArray)
            ?.OfType<JsonObject>()
            .FirstOrDefault(one => one["type"]?.GetValue<string>() == condition.Type && one["status"]?.GetValue<string>() == status);
        return new()
        {
            ["type"] = condition.Type,
            ["status"] = status,
            ["reason"] = ConditionReason.Of(condition.Reason),
            ["message"] = condition.Message,
            ["observedGeneration"] = before.Metadata.Generation ?? 0,
            ["lastTransitionTime"] =
                known?["lastTransitionTime"]?.GetValue<string>()
                ?? now.ToUniversalTime().ToString(DriftTime.Format, CultureInfo.InvariantCulture),
        };
    }

    /// <summary>Without the status, which is nobody's wish.</summary>
    private static CustomObject Bare(CustomObject item, JsonObject? spec) =>
        new()
        {
            ApiVersion = item.ApiVersion,
            Kind = item.Kind,
            Metadata = item.Metadata,
            Spec = spec,
        };

    private static void AddText(JsonObject node, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            node[name] = value;
        }
    }
}
