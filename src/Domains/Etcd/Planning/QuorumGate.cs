using System.Globalization;
using GitOpsOperator.Domains.Etcd.Steps;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>Judges whether a step that changes etcd itself may be sent now.</summary>
internal delegate GateVerdict QuorumGate(EtcdSituation situation, EtcdStep step);

/// <summary>The one gate before every step that changes etcd's membership or leader.</summary>
internal static class QuorumGateChecks
{
    public static GateVerdict Check(EtcdSituation situation, EtcdStep step) =>
        new([
            MembershipKnown(situation),
            OneClusterId(situation),
            OneLeader(situation),
            NoOtherLearner(situation, Subject(step)),
            NoAlarm(situation, Subject(step)),
            VotersAnswer(situation, step),
            QuorumAfter(situation, step),
            Settled(situation, step),
        ]);

    private static int Subject(EtcdStep step) =>
        step switch
        {
            EtcdStep.AddLearner add => add.Index,
            EtcdStep.PromoteLearner promote => promote.Index,
            EtcdStep.RemoveMember remove => remove.Index,
            EtcdStep.MoveLeader move => move.FromIndex,
            EtcdStep.UpdateMember update => update.Index,
            EtcdStep.RemoveStranger => -1,
            _ => throw new ArgumentException($"{step.GetType().Name} does not change etcd and has no gate", nameof(step)),
        };

    private static GateCheck MembershipKnown(EtcdSituation s) =>
        s.Live.Membership is { } membership
            ? Ok("membership-known", $"a linearizable read lists {Count(membership.Entries.Length, "member")}")
            : Waits("membership-known", "no linearizable read of the member list succeeded");

    private static GateCheck OneClusterId(EtcdSituation s)
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

    private static GateCheck OneLeader(EtcdSituation s) =>
        s.Leader is { } leader
            ? Ok("one-leader", $"every member that answers follows {s.Name(leader.Index)}")
            : Waits("one-leader", "the members that answer do not agree on a leader");

    private static GateCheck NoOtherLearner(EtcdSituation s, int subject)
    {
        var others = s.Learners.Where(m => m.Index != subject).ToArray();
        return others.Length == 0
            ? Ok("no-other-learner", "no other member is a learner")
            : Stops("no-other-learner", $"{s.NamesOf(others)} is still a learner, and etcd takes one at a time");
    }

    private static GateCheck NoAlarm(EtcdSituation s, int subject)
    {
        // Removing the member that raised it is a cure, so its own alarm does not hold that up.
        var raised = s
            .Voters.Concat(s.Learners)
            .Where(m => m.Index != subject && EtcdSituation.Status(m) is { Alarms.Length: > 0 })
            .Select(m => $"{s.Name(m.Index)} {string.Join("+", EtcdSituation.Status(m)!.Alarms)}")
            .ToArray();
        return raised.Length == 0
            ? Ok("no-alarm", "no alarm is raised")
            : Stops("no-alarm", $"alarms are raised: {string.Join(", ", raised)}");
    }

    private static GateCheck VotersAnswer(EtcdSituation s, EtcdStep step)
    {
        // etcd counts a new member as down, so an addition is refused while another is: remove first, then add. A second member is never
        // taken down while one is, nor a healthy one removed; one that is down already may be.
        var silent = s.Voters.Where(m => !EtcdSituation.IsHealthyVoter(m)).ToArray();
        var did = step switch
        {
            EtcdStep.AddLearner => "added",
            EtcdStep.UpdateMember update when silent.Any(m => m.Index != update.Index) => "restarted",
            EtcdStep.RemoveMember remove when s.Voters.Any(m => m.Index == remove.Index && EtcdSituation.IsHealthyVoter(m)) => "removed",
            _ => null,
        };
        return did is null || silent.Length == 0
            ? Ok("voters-answer", $"{s.HealthyVoters} of {Count(s.Voters.Length, "voter")} answer")
            : new(
                "voters-answer",
                false,
                !silent.Any(EtcdSituation.IsSilentForLong),
                $"{s.NamesOf(silent)} does not answer, and {(did == "removed" ? "nobody who does" : "nothing")} is {did} meanwhile"
            );
    }

    private static GateCheck QuorumAfter(EtcdSituation s, EtcdStep step)
    {
        var (voters, healthy) = After(s, step);
        var says = $"{healthy} of {Count(voters, "voter")} healthy afterwards, quorum {Quorum.Of(voters)}";
        if (step is EtcdStep.UpdateMember && voters <= 2)
        {
            return Ok("quorum-after", $"{says}: of {Count(voters, "voter")} none can be spared, and the outage is announced in the plan");
        }

        var known = s.Voters.All(m => EtcdSituation.IsHealthyVoter(m) || EtcdSituation.IsSilentForLong(m) || EtcdSituation.IsWiped(m));
        return voters > 0 && healthy >= Quorum.Of(voters) ? Ok("quorum-after", says) : new("quorum-after", false, !known, says);
    }

    private static (int Voters, int Healthy) After(EtcdSituation s, EtcdStep step)
    {
        var left = step is EtcdStep.RemoveMember remove ? s.Voters.Where(m => m.Index != remove.Index).ToArray() : [.. s.Voters];
        var promoted = step is EtcdStep.PromoteLearner promote ? s.Learners.Where(m => m.Index == promote.Index).ToArray() : [];
        var down = step is EtcdStep.UpdateMember update ? update.Index : -1;
        return (
            left.Length + promoted.Length,
            left.Count(m => m.Index != down && EtcdSituation.IsHealthyVoter(m)) + promoted.Count(m => !EtcdSituation.IsSilent(m))
        );
    }

    private static GateCheck Settled(EtcdSituation s, EtcdStep step) =>
        // A learner has no vote: what changed last is its own arrival, and etcd itself judges whether it has caught up.
        step is EtcdStep.PromoteLearner
            ? Ok("settled", "a promotion follows the learner's own arrival")
        : s.Live.Settled ? Ok("settled", "membership, leader and health have been steady")
        : Waits("settled", "membership, leader or health changed a moment ago");

    private static GateCheck Ok(string id, string says) => new(id, true, true, says);

    private static GateCheck Waits(string id, string says) => new(id, false, true, says);

    private static GateCheck Stops(string id, string says) => new(id, false, false, says);

    private static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";
}
