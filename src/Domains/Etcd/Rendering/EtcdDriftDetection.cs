using System.Collections.Immutable;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Comparison;
using GitOpsOperator.Drift.Owners;
using k8s.Models;

namespace GitOpsOperator.Domains.Etcd.Rendering;

/// <summary>
/// Compares an etcd cluster's rendering with the objects that the watches have, and desired changes with what etcd says. It makes no call.
/// </summary>
internal sealed class EtcdDriftDetection(KubernetesView view)
{
    private const string Recreated = "recreated; the member's data is kept";
    private const string RecreatedByController = "the StatefulSet's controller recreates it";
    private const string Members = "etcd/members";

    public ImmutableArray<DriftFact> Look(EtcdDesired desired, EtcdLive live)
    {
        // Before there is a cluster, and where it is not certainly ours, there is nothing that could have drifted.
        if (live.Record is not { ClusterId: not null, Deleted: null, Accepted: { } accepted } record || !live.Foreign.IsEmpty)
        {
            return [];
        }

        var inForce = desired with { Source = accepted };
        var names = new EtcdNames(live.Cluster);
        return
        [
            .. DesiredChanges(desired, accepted),
            .. Shared(inForce, live, names),
            .. live.Members.Where(member => !IsMoving(record.Intent, member)).SelectMany(member => Member(inForce, member, names, record)),
            .. Membership(inForce, live, names, record),
        ];
    }

    /// <summary>
    /// On its way in or out by a step of ours. One that etcd no longer lists though we did not remove it is still a difference.
    /// </summary>
    private static bool IsMoving(EtcdIntent? intent, MemberLive member) =>
        intent?.Index == member.Index && intent is not EtcdIntent.Remove { Reason: RemovalReason.Departed };

    private IEnumerable<DriftFact> Shared(EtcdDesired inForce, EtcdLive live, EtcdNames names)
    {
        var minAvailable = VoterBudget.MinAvailable(inForce, live, EtcdHashes.Rendered);
        return
        [
            .. ObjectDrift.Look(EtcdRendering.PeerService(inForce), view.Services, "applied again"),
            .. ObjectDrift.Look(EtcdRendering.ClientService(inForce), view.Services, "applied again"),
            .. minAvailable is { } least
                ? ObjectDrift.Look(EtcdRendering.DisruptionBudget(inForce, least), view.DisruptionBudgets, "applied again")
                : [],
        ];
    }

    private IEnumerable<DriftFact> Member(EtcdDesired inForce, MemberLive member, EtcdNames names, EtcdRecord record)
    {
        if (member.Entry is not { Started: true })
        {
            return [];
        }

        var set = EtcdRendering.StatefulSet(inForce, member.Index, RevertedObject.IsVoter(member));
        var boot = EtcdRendering.SealedBoot(inForce, member.Index, record.Incarnation);
        return
        [
            .. ObjectDrift.Look(
                set,
                view.StatefulSets,
                Recreated,
                live =>
                    live.GetAnnotation(ObjectLabels.DesiredHashAnnotation) is { } asked
                    && asked == set.GetAnnotation(ObjectLabels.DesiredHashAnnotation)
            ),
            .. IsUnsealedByUs(boot) ? [] : ObjectDrift.Look(boot, view.ConfigMaps, "recreated, sealed"),
            .. member.StatefulSet is null ? [] : PodOf(set, names.Pod(member.Index), member.Pod),
            .. Etcd(inForce, member, names),
        ];
    }

    /// <summary>A joining member's boot names its peers until it has started and is sealed.</summary>
    private bool IsUnsealedByUs(V1ConfigMap sealedBoot) =>
        view.ConfigMaps.Find(sealedBoot.Metadata.NamespaceProperty, sealedBoot.Metadata.Name) is { } live
        && ObjectDrift.HashIsOurs(live.Metadata)
        && live.GetAnnotation(ObjectLabels.SpecHashAnnotation) != sealedBoot.GetAnnotation(ObjectLabels.SpecHashAnnotation);

    /// <param name="seen">As it was when the look began: one that is deleted is back in a moment, and by now may be another.</param>
    private IEnumerable<DriftFact> PodOf(V1StatefulSet set, string name, PodLive? seen)
    {
        if (seen is { Terminating: true })
        {
            return [new($"Pod/{name}", "", DriftClass.Drift, "present", "being deleted", null, Reverts: false, RecreatedByController)];
        }

        if (view.Pods.Find(set.Metadata.NamespaceProperty, name) is not { } pod)
        {
            return [ObjectDrift.Missing($"Pod/{name}", RecreatedByController)];
        }

        // The spec is the StatefulSet's template as its controller copied it, so it is nobody's addition; the template is compared itself.
        // The role is given and taken by a rule of its own, which also asks whether the member is fit for clients.
        return ObjectDrift
            .Compare(ObjectDrift.PodOf(set, name), pod)
            .Where(fact => fact is not { Class: DriftClass.Foreign, Path: "spec" })
            .Select(fact =>
                fact.Path.Contains(ObjectLabels.Role, StringComparison.Ordinal)
                    ? fact with
                    {
                        Reverts = false,
                        Action = "given back once the member is fit for clients",
                    }
                    : fact
            );
    }

    private static IEnumerable<DriftFact> Etcd(EtcdDesired inForce, MemberLive member, EtcdNames names)
    {
        var version = inForce.Spec.Version.ToString();
        if (MemberHealth.Status(member) is { } status && status.Version != version)
        {
            yield return new(
                Members,
                $"{names.Member(member.Index)}.version",
                DriftClass.Domain,
                version,
                status.Version,
                null,
                false,
                "the members are restarted with it, one after the other"
            );
        }

        if (MemberHealth.IsWiped(member))
        {
            yield return new(
                Members,
                $"{names.Member(member.Index)}.data",
                DriftClass.Domain,
                "present",
                "gone",
                null,
                false,
                "the member is replaced"
            );
        }
    }

    private static IEnumerable<DriftFact> Membership(EtcdDesired inForce, EtcdLive live, EtcdNames names, EtcdRecord record)
    {
        if (live.Membership is not { } membership)
        {
            yield break;
        }

        foreach (var unknown in live.UnknownEntries)
        {
            yield return new(
                Members,
                $"{unknown.Id:x}",
                DriftClass.Domain,
                null,
                $"{(unknown.IsLearner ? "learner" : "voter")} at {unknown.PeerUrl}",
                null,
                false,
                unknown.Started ? "nothing: it runs, and removing it is for a person to decide" : "removed, as it has never started"
            );
        }

        foreach (var member in live.Members.Where(member => !IsMoving(record.Intent, member) && MemberHealth.IsUnlisted(member)))
        {
            yield return new(
                Members,
                names.Member(member.Index),
                DriftClass.Domain,
                "listed",
                null,
                null,
                false,
                "once a quorum of the members known here confirms it, what is left of it is removed, and a new member joins under a "
                    + "new index"
            );
        }

        var voters = membership.Entries.Count(entry => !entry.IsLearner) - live.UnknownEntries.Count(entry => !entry.IsLearner);
        if (voters != inForce.Spec.Size && record.Intent is null or EtcdIntent.Add or EtcdIntent.Remove)
        {
            yield return new(
                Members,
                "voters",
                DriftClass.Intent,
                $"{inForce.Spec.Size}",
                $"{voters}",
                null,
                false,
                "members are added or removed one at a time"
            );
        }
    }

    /// <summary>What git has said since what is in force was accepted.</summary>
    private static IEnumerable<DriftFact> DesiredChanges(EtcdDesired desired, AcceptedSpec accepted)
    {
        var (was, spec) = (accepted.Spec, desired.Spec);
        return
        [
            .. DesiredChange("spec.size", $"{was.Size}", $"{spec.Size}"),
            .. DesiredChange("spec.version", $"{was.Version}", $"{spec.Version}"),
            .. DesiredChange("spec.image.repository", was.ImageRepository, spec.ImageRepository),
            .. DesiredChange("spec.storage", Storage(was.Storage), Storage(spec.Storage)),
        ];

        IEnumerable<DriftFact> DesiredChange(string path, string old, string @new) =>
            old == @new
                ? []
                :
                [
                    new(
                        $"EtcdCluster/{desired.Cluster.Name}",
                        path,
                        DriftClass.Intent,
                        @new,
                        old,
                        null,
                        false,
                        "carried out as the plan says"
                    ),
                ];
    }

    private static string Storage(EtcdStorage storage) =>
        storage is EtcdStorage.Persistent persistent ? $"{persistent.Size} {persistent.StorageClassName}".TrimEnd() : "ephemeral";
}
