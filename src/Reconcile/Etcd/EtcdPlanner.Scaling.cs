using GitOpsOperator.Drift.Etcd;
using GitOpsOperator.Reconcile.Plans;
using GitOpsOperator.Specs.Etcd;
using static GitOpsOperator.Reconcile.Decision<GitOpsOperator.Reconcile.Etcd.EtcdStep>;

namespace GitOpsOperator.Reconcile.Etcd;

/// <summary>What git wants, taken over between membership changes and carried out one member at a time.</summary>
public static partial class EtcdPlanner
{
    /// <summary>After so many new members in a row that never joined, another index would not help.</summary>
    private const int JoinsBeforeGivingUp = 3;

    // A document that needs a rolling change is not accepted at all: its size would otherwise be applied and its version not.
    private static Decision<EtcdStep>? AcceptDesired(EtcdSituation s) =>
        s.Intent is not null || s.Record.Accepted == s.Desired.Source || RollingChanges(s).Length > 0 ? null : Write(
            s,
            s.Record with { Accepted = s.Desired.Source, FailedJoins = 0, Unreached = IsUnreached(s) },
            s.Size == s.Desired.Spec.Size
                ? $"the document of {PlanText.ShortCommit(s.Desired.Source.Commit)} is accepted"
                : $"the document of {PlanText.ShortCommit(s.Desired.Source.Commit)} is accepted: size {s.Size} -> {s.Desired.Spec.Size}");

    private static Decision<EtcdStep>? Grow(EtcdSituation s)
    {
        if (s.Voters.Length >= s.Size)
        {
            return null;
        }

        var index = s.Record.NextIndex;
        return s.Record.FailedJoins >= JoinsBeforeGivingUp
            ? new Blocked(
                "joins-keep-failing", $"{s.Record.FailedJoins} new members in a row never joined and were removed again",
                "Look at why their pods did not start (image, storage class, room on the nodes), then change the document: a new commit is tried anew")
            : Gated(s, new EtcdStep.AddLearner(index), () => new EtcdStep.WriteRecord(
                s.Record with { NextIndex = index + 1, Intent = new EtcdIntent.Add(index) }, $"{s.Name(index)} joins"));
    }

    private static Decision<EtcdStep>? Shrink(EtcdSituation s)
    {
        if (s.Voters.Length <= s.Size)
        {
            return null;
        }

        // The rules of repair have taken the dead by now; one that is merely silent still goes before a healthy one.
        var victim = s.Voters.LastOrDefault(m => !EtcdSituation.IsHealthyVoter(m)) ?? s.Voters[^1];
        return EtcdSituation.IsSilent(victim) && !EtcdSituation.IsSilentBeyondGrace(victim)
            ? new Progress($"{s.Name(victim.Index)} to answer again, or to be out of the grace period")
            : Gated(s, new EtcdStep.RemoveMember(victim.Index, victim.Entry!.Id), () => new EtcdStep.WriteRecord(
                s.Record with { Intent = new EtcdIntent.Remove(victim.Index, victim.Entry!.Id, RemovalReason.Shrink) }, $"{s.Name(victim.Index)} leaves"));
    }

    private static Refused? RollingChangeNotSupported(EtcdSituation s)
    {
        var behind = s.Voters.Where(m => m.StatefulSet is { } set && set.SpecHash != s.Hashes.StatefulSet(s.Accepted, m.Index)).ToArray();
        return RollingChanges(s) is { Length: > 0 } changes
            ? new(
                "rolling-change-not-supported",
                $"{string.Join(", ", changes)} would restart every member, which is not done yet; nothing of this commit is applied, its size neither",
                $"Put {(changes.Length == 1 ? "that field" : "those fields")} back; a size can be changed by a commit of its own")
            : behind.Length > 0 ? new(
                "rolling-change-not-supported",
                $"the StatefulSets of {s.NamesOf(behind)} were rendered otherwise than they would be now, and restarting members one after the other is not done yet",
                "Nothing has to be done: the members go on as they are")
            : null;
    }

    private static string[] RollingChanges(EtcdSituation s)
    {
        var (was, wanted) = (s.Accepted.Spec, s.Desired.Spec);
        return
        [
            .. Change("spec.version", was.Version, wanted.Version),
            .. Change("spec.image.repository", was.ImageRepository, wanted.ImageRepository),
            .. Change("spec.storage", Storage(was.Storage), Storage(wanted.Storage)),
            .. was.Resources.Equals(wanted.Resources) ? Array.Empty<string>() : ["spec.resources"],
        ];

        static string[] Change<T>(string field, T was, T wanted) =>
            EqualityComparer<T>.Default.Equals(was, wanted) ? [] : [$"{field} {was} -> {wanted}"];
    }

    private static string Storage(EtcdStorage storage) => storage switch
    {
        EtcdStorage.Persistent { StorageClassName: { } name } persistent => $"{persistent.Size} of class {name}",
        EtcdStorage.Persistent persistent => $"{persistent.Size}",
        _ => "ephemeral",
    };
}
