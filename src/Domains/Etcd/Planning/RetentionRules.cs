using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;
using static GitOpsOperator.Domains.Etcd.Planning.RuleAnswers;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Etcd.Steps.EtcdStep>;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>The volume of a voter that is replaced stays until another voter is in its place.</summary>
internal static class RetentionRules
{
    /// <summary>The record that announces the replacement says whose volume stays.</summary>
    public static EtcdRecord Retaining(EtcdRecord record, MemberLive replaced) =>
        replaced.Claim is not { Uid: var uid }
            ? record
            : record with
            {
                Retained = new([
                    .. (record.Retained?.Members ?? []).Where(volume => volume.Index != replaced.Index),
                    new MemberVolume(replaced.Index, uid),
                ]),
            };

    /// <summary>The member stays, and its volume with it.</summary>
    public static EtcdRecord NoLonger(EtcdRecord record, int index) =>
        record.Retained?.Members.Where(volume => volume.Index != index).ToArray() is not { } left
            ? record
            : record with
            {
                Retained = left.Length == 0 ? null : new(left),
            };

    public static bool IsRetained(EtcdPlanningContext s, MemberLive member) =>
        s.Record.Retained is { } retained && member.Claim is not null && retained.Members.Any(volume => volume.IsOf(member));

    /// <summary>Asked where every voter is healthy and there are as many as desired.</summary>
    public static Decision<EtcdStep>? ReleaseVolume(EtcdPlanningContext s) =>
        s.Record.Retained is null || s.Intent is not null ? null
        : !s.Live.Settled ? new Progress("the members in the place of those that were replaced to stay")
        : s.Live.RetainedVolumes.FirstOrDefault() is not { } kept
            ? Write(s, s.Record with { Retained = null }, "the volumes of the members that were replaced are gone")
        : kept.Claim.Terminating ? new Progress($"claim {s.Names.Claim(kept.Index)} to be gone")
        : new Act(new EtcdStep.DeleteClaim(kept.Index, kept.Claim.Uid));
}
