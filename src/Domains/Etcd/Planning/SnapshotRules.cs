using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Plans;
using static GitOpsOperator.Domains.Etcd.Planning.RuleAnswers;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Etcd.Steps.EtcdStep>;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>
/// Before the first member is restarted with another version, a snapshot is taken and verified: once all are new, no old version starts
/// on their data, and what was saved before is the only way back.
/// </summary>
internal static class SnapshotRules
{
    /// <summary>
    /// In the middle of a restart it is too late: the one that was taken before it still holds. Ephemeral storage promises nothing, so
    /// nothing is asked of the cluster's storage classes.
    /// </summary>
    public static bool IsSnapshotDue(EtcdPlanningContext s) =>
        s.Intent is null && s.Accepted.Spec.Version != s.Desired.Spec.Version
            ? s.Desired.Spec.Storage is EtcdStorage.Persistent
            : s.Record.SnapshotDue;

    /// <summary>The pod is not needed any more, or what it was to come before has not to be done any more.</summary>
    public static Decision<EtcdStep>? SnapshotOver(EtcdPlanningContext s) =>
        s switch
        {
            { Record.SnapshotDue: false, Live.Snapshot: { Terminating: false, Uid: var uid } snapshot }
                when !IsAsked(s) || snapshot.File != s.Live.AskedSnapshot => new Act(new EtcdStep.EndSnapshot(uid)),
            { Record.SnapshotDue: true, Intent: null } when !s.Voters.Any(s.IsOutdated) || GoesBack(s) => Write(
                s,
                s.Record with
                {
                    SnapshotDue = false,
                },
                "no snapshot is needed any more"
            ),
            _ => null,
        };

    private static bool IsAsked(EtcdPlanningContext s) => s.Live.AskedSnapshot is { } file && s.Record.Answered?.File != file;

    /// <summary>Of a follower where one is healthy. It holds up nothing: what comes next is done while it is being taken.</summary>
    public static Decision<EtcdStep>? SnapshotAsked(EtcdPlanningContext s)
    {
        if (!IsAsked(s) || s.Record is { SnapshotDue: true } or { ClusterId: null } || s.Intent is not null)
        {
            return null;
        }

        var file = s.Live.AskedSnapshot!;
        return s.Live.Snapshot switch
        {
            _ when s.Accepted.Spec.Storage is not EtcdStorage.Persistent => Answer(
                s,
                s.Record,
                file,
                "the cluster's storage is ephemeral, so there is no volume to keep a snapshot on"
            ),
            null => s.Voters.Where(MemberHealth.IsHealthyVoter).OrderBy(m => m.Index == s.Leader?.Index).FirstOrDefault()
                is { Pod.Image: { } image } member
            && MemberHealth.VersionOf(member) is { } of
                ? new Act(new EtcdStep.TakeSnapshot(file, member.Index, of, image))
                : null,
            { Terminating: true } => null,
            { File: var other, Uid: var uid } when other != file => new Act(new EtcdStep.EndSnapshot(uid)),
            { State: SnapshotState.Verified } => Answer(
                s,
                s.Record with
                {
                    Snapshot = new(
                        file,
                        s.Voters.Select(MemberHealth.VersionOf).OfType<EtcdVersion>().Append(s.Accepted.Spec.Version).Min()
                    ),
                },
                file,
                null
            ),
            { State: SnapshotState.Failed, Fault: var fault } => Answer(
                s,
                s.Record,
                file,
                MemberCircumstances.FatalLine(fault) ?? "its pod failed"
            ),
            _ => null,
        };
    }

    private static Decision<EtcdStep> Answer(EtcdPlanningContext s, EtcdRecord record, string file, string? fault) =>
        Write(
            s,
            record with
            {
                Answered = new(file, fault),
            },
            fault is null
                ? $"snapshot {file}, which was asked for, is kept on claim {s.Names.SnapshotClaim}"
                : $"snapshot {file}, which was asked for, was not taken: {fault}"
        );

    private static bool GoesBack(EtcdPlanningContext s) =>
        s.Voters.Select(MemberHealth.VersionOf).OfType<EtcdVersion>().ToArray() is { Length: > 0 } running
        && running.Min() == s.Accepted.Spec.Version;

    public static Decision<EtcdStep>? SnapshotFirst(EtcdPlanningContext s)
    {
        if (
            !s.Record.SnapshotDue
            || (s.Voters.FirstOrDefault(m => s.IsOutdated(m) && m.Index != s.Leader?.Index) ?? s.Voters.FirstOrDefault(s.IsOutdated))
                is not { } member
            || MemberHealth.VersionOf(member) is not { } of
            || member.Pod?.Image is not { } image
        )
        {
            return null;
        }

        var accepted = s.Accepted.Source;
        var file = $"{PlanText.ShortCommit(accepted.Commit)}-before-{accepted.Spec.Version}.db";
        return s.Live.Snapshot switch
        {
            null => new Act(new EtcdStep.TakeSnapshot(file, member.Index, of, image)),
            { Terminating: true } => new Progress($"pod {s.Names.SnapshotPod} to end"),
            { File: var other, Uid: var uid } when other != file => new Act(new EtcdStep.EndSnapshot(uid)),
            { State: SnapshotState.Verified } => Write(
                s,
                s.Record with
                {
                    SnapshotDue = false,
                    Snapshot = new(file, of),
                },
                $"snapshot {file} is kept on claim {s.Names.SnapshotClaim}"
            ),
            { State: SnapshotState.Failed, Fault: var fault } => new Blocked(
                "snapshot-failed",
                $"the snapshot before etcd {accepted.Spec.Version} could not be taken or verified: "
                    + $"{MemberCircumstances.FatalLine(fault) ?? "its pod failed"}; no member is touched",
                $"Fix that, then delete pod {s.Names.SnapshotPod}, and it is taken again; or put spec.version back"
            ),
            _ => new Progress($"snapshot {file} to be saved and verified"),
        };
    }
}
