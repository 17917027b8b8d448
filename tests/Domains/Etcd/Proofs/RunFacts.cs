using System.Globalization;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Planning;
using GitOpsOperator.Domains.Etcd.Rendering;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Recording;

namespace GitOpsOperator.Domains.Etcd.Tests.Proofs;

/// <summary>
/// What has to be so of every recorded run, whatever went wrong in it and whatever the planner and the model say: nothing that holds data
/// goes unannounced, nobody comes back as somebody else, and what was replicated stays so.
/// </summary>
internal static class RunFacts
{
    public static IEnumerable<string> Untrue(IReadOnlyList<RecordedPass<EtcdFacts>> passes)
    {
        var ids = new Dictionary<int, ulong>();
        LogPosition? reached = null;
        string? life = null;
        foreach (var pass in passes)
        {
            var live = pass.Facts.Live;
            if (live.Record?.Incarnation is { } incarnation && incarnation != life)
            {
                (life, reached) = (incarnation, null);
                ids.Clear();
            }

            if (Unannounced(pass.Facts) is { } step)
            {
                yield return $"{pass.At:O}: '{step}' was decided, which the record does not announce";
            }

            foreach (var member in live.Members.Where(member => member.Entry is not null))
            {
                if (ids.TryGetValue(member.Index, out var before) && before != member.Entry!.Id)
                {
                    yield return string.Create(
                        CultureInfo.InvariantCulture,
                        $"{pass.At:O}: {member.Index} is listed as {member.Entry.Id:x}, and was {before:x}: indexes are never used twice"
                    );
                }

                ids[member.Index] = member.Entry!.Id;
            }

            // A leader that has just been elected knows what is replicated only once it has replicated something itself.
            if (live.Settled && live.Record is not null && LogPosition.Of(live) is { } now)
            {
                if (reached is { } was && now.IsBehind(was))
                {
                    yield return $"{pass.At:O}: the leader is at {now}, after {was}: what was acknowledged in between is not there";
                }

                reached = now;
            }
        }
    }

    /// <summary>A step that removes a member or its volume, without a word in the record of just that; null where it is none.</summary>
    private static string? Unannounced(EtcdFacts facts)
    {
        if (EtcdPlanner.Decide(facts.Desired, facts.Live, EtcdHashes.Rendered).Decision is not Decision<EtcdStep>.Act { Step: var step })
        {
            return null;
        }

        var record = facts.Live.Record;
        var announced = step switch
        {
            EtcdStep.RemoveMember remove => record?.Intent is EtcdIntent.Remove { Index: var index, MemberId: var id }
                && (index, id) == (remove.Index, remove.MemberId),
            EtcdStep.DeleteClaim claim => record?.Intent is EtcdIntent.Remove { Index: var leaving } && leaving == claim.Index
                || Named(record?.Retained?.Members, claim)
                || Named(record?.Discarded?.Members, claim)
                || record?.Deleted?.Volumes.Contains(new EtcdNames(facts.Live.Cluster).Claim(claim.Index)) is true,
            _ => true,
        };
        return announced ? null : step.Describe(facts.Live).Sentence;
    }

    private static bool Named(IReadOnlyList<MemberVolume>? volumes, EtcdStep.DeleteClaim claim) =>
        volumes?.Contains(new(claim.Index, claim.ClaimUid)) is true;
}
