using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Owners;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Drift.Comparison;

/// <summary>What differs between one rendered object and the live one, with who did it and what becomes of it. Pure; any kind.</summary>
public static class ObjectDrift
{
    private const string RevertAction = "reverted";
    private const string NextTimeAction =
        "this version of the operator renders it so; applied with the next change of git, or at once where its rollout policy is Always";

    /// <summary>Fields that the API server refuses to change (ValidateStatefulSetUpdate, ValidateServiceUpdate of Kubernetes).</summary>
    private static readonly FrozenSet<string> Immutable = FrozenSet.Create(
        "StatefulSet spec.volumeClaimTemplates",
        "StatefulSet spec.selector",
        "StatefulSet spec.serviceName",
        "StatefulSet spec.podManagementPolicy",
        "Service spec.clusterIP"
    );

    private static readonly FieldPath HashPath = Annotation(ObjectLabels.SpecHashAnnotation);
    private static readonly string RepositoryPath = Annotation(ObjectLabels.RepositoryAnnotation).ToString();
    private static readonly string DocumentPath = Annotation(ObjectLabels.PathAnnotation).ToString();

    public static DriftFact Missing(string target, string action) =>
        new(target, "", DriftClass.Drift, "present", null, null, Reverts: false, action);

    /// <summary>The hash on an object says what was last applied only where we wrote it: anybody can write an annotation.</summary>
    public static bool HashIsOurs(V1ObjectMeta live) => new FieldOwners(live).IsOurs(HashPath);

    /// <param name="sameDesired">
    /// Git asks for the same as when the object was applied. What this version of the operator renders differently then waits for git's
    /// next change, and applying the whole, which restarts nothing, may be done for what drifted.
    /// </param>
    public static ImmutableArray<DriftFact> Compare<T>(T rendered, T live, bool sameDesired = false)
        where T : IKubernetesObject<V1ObjectMeta>
    {
        var target = $"{rendered.Kind}/{rendered.Metadata.Name}";
        var (git, there) = (Fields(rendered), Fields(live));
        var owners = new FieldOwners(live.Metadata);
        var behind =
            owners.IsOurs(HashPath)
            && live.GetAnnotation(ObjectLabels.SpecHashAnnotation) != rendered.GetAnnotation(ObjectLabels.SpecHashAnnotation);
        var differences = ObjectComparison
            .Compare(git, there)
            .Where(difference => !FollowsLater(difference, owners))
            .Select(difference => Fact(target, rendered.Kind, difference, owners, behind))
            .Select(fact => fact.Class == DriftClass.Intent && sameDesired ? fact with { Action = NextTimeAction } : fact)
            .ToList();

        // Applying the whole would bring in the change of git along with it, or be refused for the field that cannot be changed.
        var whole = differences.TrueForAll(fact => fact.Class == DriftClass.Drift || (sameDesired && fact.Class == DriftClass.Intent));
        return
        [
            .. differences.Select(fact =>
                fact.Class != DriftClass.Drift ? fact
                : whole ? fact with { Reverts = true }
                : fact with { Action = "reverted together with the rest of the object, which waits" }
            ),
            .. owners
                .Foreign(git, there)
                .Select(foreign => new DriftFact(
                    target,
                    foreign.Path.ToString(),
                    DriftClass.Foreign,
                    null,
                    "set",
                    foreign.Actor,
                    Reverts: false,
                    "left alone: git does not declare it"
                )),
        ];
    }

    /// <summary>The object as the watch has it against its rendering.</summary>
    /// <param name="whenMissing">What is done where it is not there.</param>
    public static ImmutableArray<DriftFact> Look<T>(T rendered, CachedKind<T> copy, string whenMissing, Func<T, bool>? sameDesired = null)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        copy.Find(rendered.Metadata.NamespaceProperty, rendered.Metadata.Name) is { } live
            ? Compare(rendered, live, sameDesired?.Invoke(live) == true)
            : [Missing($"{rendered.Kind}/{rendered.Metadata.Name}", whenMissing)];

    /// <summary>What is to be said of a StatefulSet's pod: its labels. Its spec is the template as the controller copied it, and the
    /// template is compared itself.</summary>
    public static V1Pod PodOf(V1StatefulSet set, string name) =>
        new()
        {
            ApiVersion = "v1",
            Kind = "Pod",
            Metadata = new V1ObjectMeta
            {
                Name = name,
                NamespaceProperty = set.Metadata.NamespaceProperty,
                Labels = set.Spec.Template.Metadata.Labels,
            },
        };

    private static DriftFact Fact(string target, string kind, FieldDifference difference, FieldOwners owners, bool behind)
    {
        var path = difference.Path.ToString();

        // A field that is gone has no owner any more, whoever else owns what is around it.
        var actor = difference.Live is null ? null : owners.Other(difference.Path);
        var @class =
            Immutable.Any(field => $"{kind} {path}".StartsWith(field, StringComparison.Ordinal)) ? DriftClass.Immutable
            : behind && actor is null ? DriftClass.Intent
            : DriftClass.Drift;
        return new(
            target,
            path,
            @class,
            Shown(difference.Git),
            Shown(difference.Live),
            actor,
            Reverts: false,
            @class switch
            {
                DriftClass.Immutable => "nothing: Kubernetes does not let it be changed in place",
                DriftClass.Intent => "applied with the change of git that it belongs to",
                _ => RevertAction,
            }
        );
    }

    /// <summary>Where the document stands in git follows with the next change, and is no difference meanwhile.</summary>
    private static bool FollowsLater(FieldDifference difference, FieldOwners owners) =>
        difference.Path.ToString() is var path && (path == RepositoryPath || path == DocumentPath) && owners.IsOurs(difference.Path);

    private static FieldPath Annotation(string key) => FieldPath.Root.Below("metadata").Below("annotations").Below(key);

    private static JsonObject Fields<T>(T item) => JsonNode.Parse(KubernetesJson.Serialize(item))!.AsObject();

    private static string? Shown(JsonNode? value) =>
        value switch
        {
            null => null,
            JsonValue scalar => Cut(scalar.ToString()),
            _ => Cut(value.ToJsonString()),
        };

    private static string Cut(string text) => text.Length <= DriftFact.MaxValueLength ? text : text[..DriftFact.MaxValueLength] + "…";
}
