using System.Globalization;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Steps;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>Judges whether a step that changes etcd itself may be sent now.</summary>
internal delegate GateResult QuorumGate(EtcdPlanningContext context, IGatedStep step);

/// <summary>The one gate before every step that changes etcd's membership or leader.</summary>
internal static class QuorumGateChecks
{
    public static GateResult Check(EtcdPlanningContext situation, IGatedStep step) =>
        new([
            MembershipKnown(situation),
            OneClusterId(situation),
            OneLeader(situation),
            NoOtherLearner(situation, step.Subject),
            NoAlarm(situation, step.Subject),
            VotersAnswer(situation, step),
            QuorumAfter(situation, step),
            Settled(situation, step),
        ]);

    private static GateCheck MembershipKnown(EtcdPlanningContext s) =>
        s.Live.Membership is { } membership
            ? Ok("membership-known", $"a linearizable read lists {Count(membership.Entries.Length, "member")}")
            : Waits("membership-known", "no linearizable read of the member list succeeded");

    private static GateCheck OneClusterId(EtcdPlanningContext s)
    {
        var ids = s
            .Statuses.Select(status => status.ClusterId)
            .Append(s.Live.Membership?.ClusterId ?? 0)
            .Where(id => id != 0)
            .Distinct()
            .ToArray();
        return ids.Length == 1 && (s.Record.ClusterId is not { } latched || latched == ids[0])
            ? Ok("one-cluster-id", $"every member that answers is of cluster {ids[0]:x}")
            : Stops(
                "one-cluster-id",
                $"members answer for clusters {string.Join(", ", ids.Select(id => id.ToString("x", CultureInfo.InvariantCulture)))}"
            );
    }

    private static GateCheck OneLeader(EtcdPlanningContext s) =>
        s.Leader is { } leader
            ? Ok("one-leader", $"every member that answers follows {s.Name(leader.Index)}")
            : Waits("one-leader", "the members that answer do not agree on a leader");

    private static GateCheck NoOtherLearner(EtcdPlanningContext s, int? subject)
    {
        var others = s.Learners.Where(m => m.Index != subject).ToArray();
        return others.Length == 0
            ? Ok("no-other-learner", "no other member is a learner")
            : Stops("no-other-learner", $"{s.NamesOf(others)} is still a learner, and etcd takes one at a time");
    }

    private static GateCheck NoAlarm(EtcdPlanningContext s, int? subject)
    {
        // A step about the member that raised it may be its replacement. That ends no alarm by itself: etcd keeps the alarm of a member
        // that is gone.
        var raised = s
            .Voters.Concat(s.Learners)
            .Where(m => m.Index != subject && MemberHealth.Status(m) is { Alarms.Length: > 0 })
            .Select(m => $"{s.Name(m.Index)} {string.Join("+", MemberHealth.Status(m)!.Alarms)}")
            .ToArray();
        return raised.Length == 0
            ? Ok("no-alarm", "no alarm is raised")
            : Stops("no-alarm", $"alarms are raised: {string.Join(", ", raised)}");
    }

    private static GateCheck VotersAnswer(EtcdPlanningContext s, IGatedStep step)
    {
        // etcd counts a new member as down, so an addition is refused while another is: remove first, then add. A second member is never
        // taken down while one is, nor a healthy one removed; one that is down already may be.
        var silent = s.Voters.Where(m => !MemberHealth.IsHealthyVoter(m)).ToArray();
        var did = step.Effect switch
        {
            GatedEffect.AddsLearner => "added",
            GatedEffect.Restarts when silent.Any(m => m.Index != step.Subject) => "restarted",
            GatedEffect.Removes when s.Voters.Any(m => m.Index == step.Subject && MemberHealth.IsHealthyVoter(m)) => "removed",
            _ => null,
        };
        return did is null || silent.Length == 0
            ? Ok("voters-answer", $"{s.HealthyVoters} of {Count(s.Voters.Length, "voter")} answer")
            : new(
                "voters-answer",
                false,
                !silent.Any(MemberHealth.IsSilentForLong),
                $"{s.NamesOf(silent)} does not answer, and {(did == "removed" ? "nobody who does" : "nothing")} is {did} meanwhile"
            );
    }

    private static GateCheck QuorumAfter(EtcdPlanningContext s, IGatedStep step)
    {
        var (voters, healthy) = After(s, step);
        var says = $"{healthy} of {Count(voters, "voter")} healthy afterwards, quorum {Quorum.Of(voters)}";
        if (step.Effect == GatedEffect.Restarts && voters <= 2)
        {
            return Ok("quorum-after", $"{says}: of {Count(voters, "voter")} none can be spared, and the outage is announced in the plan");
        }

        var known = s.Voters.All(m => MemberHealth.IsHealthyVoter(m) || MemberHealth.IsSilentForLong(m) || MemberHealth.IsWiped(m));
        return voters > 0 && healthy >= Quorum.Of(voters) ? Ok("quorum-after", says) : new("quorum-after", false, !known, says);
    }

    private static (int Voters, int Healthy) After(EtcdPlanningContext s, IGatedStep step)
    {
        var left = step.Effect == GatedEffect.Removes ? s.Voters.RemoveAll(m => m.Index == step.Subject) : s.Voters;
        var promoted = step.Effect == GatedEffect.Promotes ? s.Learners.Where(m => m.Index == step.Subject).ToArray() : [];
        var down = step.Effect == GatedEffect.Restarts ? step.Subject : null;
        return (
            left.Length + promoted.Length,
            left.Count(m => m.Index != down && MemberHealth.IsHealthyVoter(m)) + promoted.Count(m => !MemberHealth.IsSilent(m))
        );
    }

    private static GateCheck Settled(EtcdPlanningContext s, IGatedStep step) =>
        // A learner has no vote: what changed last is its own arrival, and etcd itself judges whether it has caught up.
        step.Effect == GatedEffect.Promotes
            ? Ok("settled", "a promotion follows the learner's own arrival")
        : s.Live.Settled ? Ok("settled", "membership, leader and health have been steady")
        : Waits("settled", "membership, leader or health changed a moment ago");

    private static GateCheck Ok(string id, string says) => new(id, true, true, says);

    private static GateCheck Waits(string id, string says) => new(id, false, true, says);

    private static GateCheck Stops(string id, string says) => new(id, false, false, says);

    private static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";
}
