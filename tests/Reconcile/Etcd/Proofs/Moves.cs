using GitOpsOperator.Drift.Etcd;
using GitOpsOperator.Reconcile.Etcd;
using GitOpsOperator.Reconcile.Tests.Etcd.Planning;
using GitOpsOperator.Specs.Etcd;

namespace GitOpsOperator.Reconcile.Tests.Etcd.Proofs;

/// <summary>What may happen next in a world besides what the operator does.</summary>
internal static class Moves
{
    /// <summary>The world by itself, in any order and with any luck; none of these needs anyone to do anything.</summary>
    public static IEnumerable<(string What, World To)> Natural(World world)
    {
        var model = new EtcdModel(world.Desired, Scene.Hashes);
        foreach (var member in world.Truth.Members)
        {
            var moved = model.AdvanceMember(world.Truth, member.Index);
            if (!ReferenceEquals(moved, world.Truth))
            {
                foreach (var to in Elections(world with { Truth = moved with { Settled = false } }))
                {
                    yield return ($"{member.Index} goes on", to);
                }
            }

            switch (member.Endpoint)
            {
                // One that never starts is a thing gone wrong of its own, which may come three times in a row.
                case EndpointLive.Unreachable { BeyondGrace: false } when member.Entry is { Started: true }
                    || (member.Entry is not null && (!world.Disturbed || world.Truth.Record is { FailedJoins: > 0 })):
                    yield return ($"{member.Index} is silent beyond grace", world.With(member.Index, m => m.Silent(beyondGrace: true)) with { Disturbed = true });
                    break;
                case EndpointLive.Unreachable { BeyondGrace: true } when member is { Entry: not null, Boot: not null, Pod: { DataLost: false, Terminating: false } }:
                    var back = model.AdvanceMember(world.With(member.Index, m => m.Silent()).Truth, member.Index);
                    foreach (var to in Elections(world with { Truth = back with { Settled = false } }))
                    {
                        yield return ($"{member.Index} comes back late", to);
                    }

                    break;
            }
        }

        if (!world.Truth.Settled)
        {
            yield return ("settles", world with { Truth = world.Truth with { Settled = true } });
        }
    }

    /// <summary>One thing that goes wrong, and only while nothing else is wrong.</summary>
    public static IEnumerable<(string What, World To)> Faults(World world)
    {
        yield return ("the operator starts anew", Restarted(world));
        if (world.Truth.Record is null || world.Disturbed)
        {
            yield break;
        }

        foreach (var member in Representatives(world))
        {
            foreach (var (what, change) in OneMember(member))
            {
                var truth = EtcdModel.Change(world.Truth, member.Index, change) with { Settled = false };
                foreach (var to in Elections(world with { Truth = truth, Disturbed = true }))
                {
                    yield return ($"{member.Index} {what}", to);
                }
            }

            if (member.Entry is { } entry && world.Voters.Length > 1)
            {
                var model = new EtcdModel(world.Desired, Scene.Hashes);
                foreach (var to in Elections(world with { Truth = model.ApplyTo(world.Truth, new EtcdStep.RemoveMember(member.Index, entry.Id)), Disturbed = true }))
                {
                    yield return ($"{member.Index} is removed by hand", to);
                }
            }
        }
    }

    /// <summary>
    /// Newer commits: any size while nothing is in flight, and the far end of the other direction in the middle of a change. A second
    /// commit before the first was accepted is as if the first had never been, so it is left out.
    /// </summary>
    public static IEnumerable<(string What, World To)> Commits(World world, int largest)
    {
        var sizes = world.Truth.Record switch
        {
            null => [],
            { Accepted: var accepted } when accepted != world.Desired.Source => [],
            { FailedJoins: > 0 } or { Intent: not null } when world.Disturbed => [],
            { Intent: EtcdIntent.Remove } => [largest],
            { Intent: not null } => [1],
            _ => Enumerable.Range(1, largest),
        };
        return sizes.Where(size => size != world.Desired.Spec.Size).Select(size =>
            ($"a commit wants {size}", world with { Desired = Scene.Desired(size, world.Desired.Spec.Storage is EtcdStorage.Ephemeral) }));
    }

    /// <summary>What the operator may see instead of the truth, for one look.</summary>
    public static IEnumerable<(string What, EtcdLive Seen)> Misperceptions(World world)
    {
        if (world.Disturbed || world.Truth.Membership is null || !world.HasQuorum)
        {
            yield break;
        }

        yield return ("sees no member list", World.Blind(world.Truth));
        foreach (var member in Representatives(world).Where(World.IsUp))
        {
            yield return ($"cannot reach {member.Index}", EtcdModel.Change(world.Truth, member.Index, m => m.Silent()));
            yield return ($"cannot reach {member.Index} for long", EtcdModel.Change(world.Truth, member.Index, m => m.Silent(beyondGrace: true)));
        }
    }

    /// <summary>A step whose first half only was done.</summary>
    public static IEnumerable<World> HalfDone(World world, EtcdStep step)
    {
        var after = Carried(world, step).First().Truth;
        switch (step)
        {
            case EtcdStep.StartSeed { Index: var i }:
                yield return world with { Truth = Part(i, (was, now) => was with { Boot = now.Boot }) };
                break;
            case EtcdStep.StartMember { Index: var i }:
                yield return world with { Truth = Part(i, (was, now) => was with { Boot = now.Boot }) };
                break;
            case EtcdStep.RestoreMember { Index: var i }:
                yield return world with { Truth = Part(i, (was, now) => was with { Boot = now.Boot }) };
                break;
            case EtcdStep.DeleteMember { Index: var i }:
                yield return world with { Truth = Part(i, (was, now) => was with { StatefulSet = now.StatefulSet }) };
                break;
            case EtcdStep.AdmitVoter { Index: var i }:
                yield return world with { Truth = Part(i, (was, now) => was with { StatefulSet = now.StatefulSet }) };
                break;
            case EtcdStep.WithdrawVoter { Index: var i }:
                yield return world with { Truth = Part(i, (was, now) => was with { Pod = now.Pod }) };
                break;
        }

        EtcdLive Part(int index, Func<MemberLive, MemberLive, MemberLive> part) =>
            EtcdModel.Change(world.Truth, index, m => part(m, after.Members.FirstOrDefault(a => a.Index == index) ?? new MemberLive(index)));
    }

    /// <summary>The worlds that a step may lead to: etcd takes no change without a majority, and any voter may lead after it.</summary>
    public static IEnumerable<World> Carried(World world, EtcdStep step)
    {
        var needsQuorum = step is EtcdStep.AddLearner or EtcdStep.PromoteLearner or EtcdStep.RemoveMember or EtcdStep.MoveLeader;
        return needsQuorum && !world.HasQuorum
            ? [world]
            : Elections(world with { Truth = new EtcdModel(world.Desired, Scene.Hashes).ApplyTo(world.Truth, step) });
    }

    private static World Restarted(World world) => world with
    {
        Desired = world.Desired with { NewIncarnation = "incarnation-2" },
        Truth = world.Truth with
        {
            Settled = false,
            Members = [.. world.Truth.Members.Select(m => m.Endpoint is EndpointLive.Unreachable { BeyondGrace: true } ? m.Silent() : m)],
        },
    };

    private static World With(this World world, int index, Func<MemberLive, MemberLive> change) =>
        world with { Truth = EtcdModel.Change(world.Truth, index, change) };

    /// <summary>Members are alike but for leading, for being a learner, and for who goes next: one of each kind stands for the others.</summary>
    private static IEnumerable<MemberLive> Representatives(World world) => new[]
    {
        world.Leader, world.Voters.FirstOrDefault(v => v.Index != world.Leader?.Index), world.Voters.LastOrDefault(), world.Learners.FirstOrDefault(),
        world.Truth.Members.FirstOrDefault(m => m.Index == world.Truth.Record?.Intent?.Index),
    }.OfType<MemberLive>().DistinctBy(m => m.Index);

    private static IEnumerable<(string, Func<MemberLive, MemberLive>)> OneMember(MemberLive member)
    {
        if (member.Pod is not null)
        {
            yield return ("is killed", m => m.Silent());
            yield return ("loses its pod", m => m.Silent() with { Pod = null });
            yield return ("is wiped", m => m.Silent() with { Pod = m.Pod! with { DataLost = m.Boot is { Sealed: true } } });
        }

        if (member.StatefulSet is not null)
        {
            yield return ("loses its StatefulSet", m => m.Silent() with { StatefulSet = null, Pod = null });
            yield return ("loses its StatefulSet and its volume", m => m.Silent() with { StatefulSet = null, Pod = null, Claim = null });
            yield return ("loses its StatefulSet, and the pod stays", m => m with { StatefulSet = null });
        }

        if (member.Boot is not null)
        {
            yield return ("loses its boot ConfigMap", m => m with { Boot = null });
        }
    }

    /// <summary>If the leader stands, it goes on leading; if not, any voter that is up may come to lead: here the first or the last of them.</summary>
    private static IEnumerable<World> Elections(World world)
    {
        var elected = world with { Truth = EtcdModel.Elect(world.Truth) };
        yield return elected;
        var sitting = world.Voters.Any(v => World.IsUp(v) && world.Voters.Any(o => World.IsUp(o) && EtcdSituation.Status(o)!.LeaderId == v.Entry!.Id));
        if (!sitting && elected.HasQuorum && elected.Voters.Last(World.IsUp) is { Entry.Id: var last } && elected.Leader!.Entry!.Id != last)
        {
            yield return world with { Truth = EtcdModel.Elect(new EtcdModel(world.Desired, Scene.Hashes).ApplyTo(elected.Truth, new EtcdStep.MoveLeader(0, 0, 0, last))) with { Settled = world.Truth.Settled } };
        }
    }
}
