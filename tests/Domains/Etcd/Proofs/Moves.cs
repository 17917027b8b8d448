using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Planning;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Domains.Etcd.Tests.Planning;
using GitOpsOperator.Reconcile.Deciding;

namespace GitOpsOperator.Domains.Etcd.Tests.Proofs;

/// <summary>What may happen next in a world besides what the operator does.</summary>
internal static class Moves
{
    /// <summary>The world by itself, in any order and with any luck; none of these needs anyone to do anything.</summary>
    public static IEnumerable<(string What, World To)> Natural(World world)
    {
        var model = new EtcdModel(world.Desired, Scene.Hashes);
        foreach (var member in world.Truth.Members)
        {
            var moved = Advance(world, model, world.Truth, member.Index);
            if (!ReferenceEquals(moved, world.Truth))
            {
                foreach (var to in Elections(world with { Truth = moved with { Settled = false } }))
                {
                    yield return ($"{member.Index} goes on", to);
                }
            }

            switch (member.Endpoint)
            {
                // One that never starts is a thing gone wrong of its own, which may come three times in a row. Where there is no majority,
                // nobody knows who is listed, and whatever is there and silent is so for long at some time.
                case EndpointLive.Unreachable { BeyondGrace: false, HeldUp: false }
                    when member.Entry is { Started: true }
                        || !world.HasQuorum
                        || (
                            member.Entry is not null
                            && (
                                !world.Disturbed
                                || world.Truth.Record is { FailedJoins: > 0 }
                                || member.Pod is { Fault: not null } or { WaitingReason: not null }
                            )
                        ):
                    yield return (
                        $"{member.Index} is silent for long",
                        world.With(member.Index, SilentForLong) with
                        {
                            Wrong = Math.Max(1, world.Wrong),
                        }
                    );
                    break;
                case EndpointLive.Unreachable { BeyondGrace: true }
                    when member is { Entry: not null, Boot: not null, Pod: { DataLost: false, Terminating: false } }:
                    var silent = world.With(member.Index, m => m.Silent()).Truth;
                    var back = Advance(world, model, silent, member.Index);
                    if (ReferenceEquals(back, silent))
                    {
                        break;
                    }

                    foreach (var to in Elections(world with { Truth = back with { Settled = false } }))
                    {
                        yield return ($"{member.Index} comes back late", to);
                    }

                    break;
            }
        }

        if (world.Truth.Snapshot is { State: SnapshotState.UnderWay })
        {
            yield return ("the snapshot goes on", world with { Truth = EtcdModel.AdvanceSnapshot(world.Truth) });
            if (!world.Disturbed)
            {
                yield return (
                    "the snapshot fails",
                    world with
                    {
                        Truth = world.Truth with { Snapshot = world.Truth.Snapshot with { State = SnapshotState.Failed } },
                        Wrong = world.Wrong + 1,
                    }
                );
            }
        }

        if (!world.Truth.Settled)
        {
            yield return ("settles", world with { Truth = world.Truth with { Settled = true } });
        }
    }

    /// <summary>Only what Kubernetes runs has had the time to answer.</summary>
    private static MemberLive SilentForLong(MemberLive member) =>
        member.Pod is null or { NodeNotReadyReason: not null } or { WaitingReason: not null }
            ? member.HeldUp(pod => pod)
            : member.Silent(beyondGrace: true);

    /// <summary>A version that exits at start never gets as far as to answer.</summary>
    private static EtcdLive Advance(World world, EtcdModel model, EtcdLive truth, int index)
    {
        var moved = model.AdvanceMember(truth, index);
        if (
            ReferenceEquals(moved, truth)
            || moved.Members.FirstOrDefault(m => m.Index == index) is not { Pod: { Image: { } image } pod } member
            || !World.IsUp(member)
            || World.VersionOf(image) != world.Broken
        )
        {
            return moved;
        }

        return pod.Fault is not null || truth.Members.First(m => m.Index == index).Pod!.Fault is not null
            ? truth
            : EtcdModel.Change(truth, index, m => m with { Pod = m.Pod! with { Fault = "etcd exited with 1", WaitingReason = null } });
    }

    /// <summary>One more thing that goes wrong, and only while fewer are wrong than the scope has at once.</summary>
    public static IEnumerable<(string What, World To)> Faults(World world, Scope scope)
    {
        yield return ("the operator starts anew", Restarted(world));
        if (world.Truth.Record is null || world.Wrong >= scope.Faults || world.IsAtTheLast(scope.Versions))
        {
            yield break;
        }

        foreach (
            var heir in Representatives(world)
                .Where(m => m.Entry is { IsLearner: false } && World.IsUp(m) && m.Index != world.Leader?.Index && world.HasQuorum)
        )
        {
            var moved = new EtcdModel(world.Desired, Scene.Hashes).ApplyTo(
                world.Truth,
                new EtcdStep.MoveLeader(0, 0, heir.Index, heir.Entry!.Id)
            );
            yield return ($"{heir.Index} comes to lead", world with { Truth = moved, Wrong = world.Wrong + 1 });
        }

        foreach (var member in Representatives(world))
        {
            foreach (var (what, change) in MemberFaults.Of(member))
            {
                var truth = EtcdModel.Change(world.Truth, member.Index, change) with { Settled = false };
                foreach (var to in Elections(world with { Truth = truth, Wrong = world.Wrong + 1 }))
                {
                    yield return ($"{member.Index} {what}", to);
                }
            }

            if (member.Entry is { } entry && world.Voters.Length > 1)
            {
                var model = new EtcdModel(world.Desired, Scene.Hashes);
                foreach (
                    var to in Elections(
                        world with
                        {
                            Truth = model.ApplyTo(world.Truth, new EtcdStep.RemoveMember(member.Index, entry.Id)),
                            Wrong = world.Wrong + 1,
                        }
                    )
                )
                {
                    yield return ($"{member.Index} is removed by hand", to);
                }
            }
        }
    }

    /// <summary>
    /// Newer commits: any size while nothing is in flight, and the far end of the other direction in the middle of a change; any version
    /// while nothing or a restart is in flight, once with a size too; and one that exits at start. A second commit before the first was
    /// accepted is as if the first had never been, so it is left out.
    /// </summary>
    public static IEnumerable<(string What, World To)> Commits(World world, Scope scope)
    {
        var (size, version, ephemeral) = (
            world.Desired.Spec.Size,
            world.Desired.Spec.Version.ToString(),
            world.Desired.Spec.Storage is EtcdStorage.Ephemeral
        );
        if (world.Truth.Record is not { Accepted: var accepted } record || accepted != world.Desired.Source)
        {
            yield break;
        }

        if (world.IsAtTheLast(scope.Versions))
        {
            yield return (
                "a commit goes back",
                world with
                {
                    Desired = Scene.Desired(size, ephemeral, World.Versions[scope.Versions - 2]),
                }
            );
            yield break;
        }

        var sizes = record switch
        {
            _ when !scope.Resizing || record.SnapshotDue || (world.IsRolling && world.Disturbed) => [],
            { Intent: null } when world.IsRolling => [1, scope.Largest],
            { FailedJoins: > 0 } or { Intent: not null } when world.Disturbed => [],
            { Intent: EtcdIntent.Remove } => [scope.Largest],
            { Intent: not null } => [1],
            _ => Enumerable.Range(1, scope.Largest),
        };
        foreach (var other in sizes.Where(other => other != size))
        {
            yield return ($"a commit wants {other}", world with { Desired = Scene.Desired(other, ephemeral, version) });
        }

        // While something else is wrong, only the way back from a restart that does not end.
        if (record.Intent is not (null or EtcdIntent.Update) || (world.Disturbed && record.Intent is null))
        {
            yield break;
        }

        foreach (var other in World.Versions.Take(scope.Versions).Where(other => other != version))
        {
            yield return ($"a commit wants {other}", world with { Desired = Scene.Desired(size, ephemeral, other) });
            if (record.Intent is null && !world.Disturbed)
            {
                var broken = Scene.Desired(size, ephemeral, other);
                yield return (
                    $"a commit wants {other}, which exits at start",
                    world with
                    {
                        Desired = broken,
                        Wrong = world.Wrong + 1,
                        Broken = broken.Spec.Version,
                    }
                );
                yield return (
                    $"a commit wants {other} and {scope.Largest}",
                    world with
                    {
                        Desired = Scene.Desired(scope.Largest, ephemeral, other),
                    }
                );
            }
        }
    }

    /// <summary>
    /// What people do about a node that is lost: they bring it back, or give it up. And what time does to joins that failed.
    /// </summary>
    public static IEnumerable<(string What, World To)> Nodes(World world)
    {
        if (world.Truth is { JoinIsDue: false, Record: { Intent: null, FailedJoins: >= EtcdRecord.JoinsBeforePause } })
        {
            yield return ("another join is due", world with { Truth = world.Truth with { JoinIsDue = true } });
        }

        foreach (var member in world.Truth.Members.Where(m => m.Pod is { WaitingReason: not null, Terminating: false }))
        {
            yield return (
                $"{member.Index} can be started",
                world.With(member.Index, m => m.Silent() with { Pod = m.Silent().Pod! with { WaitingReason = null } })
            );
        }

        foreach (var member in world.Truth.Members.Where(m => m.Pod is { NodeNotReadyReason: not null, Terminating: false }))
        {
            yield return (
                $"{member.Index} has its node back",
                world.With(member.Index, m => m.Silent() with { Pod = m.Silent().Pod! with { NodeNotReadyReason = null } })
            );
            if (
                EtcdPlanner.Decide(world.Desired, world.Observed, Scene.Hashes).Decision
                    is Decision<EtcdStep>.Blocked { By.Rule: "member-without-node", By.Remediation: var remediation }
                && remediation.Split('"') is [_, var approval, _]
            )
            {
                yield return (
                    $"that {member.Index} is replaced is approved",
                    world with
                    {
                        Desired = world.Desired with { Approvals = [approval] },
                    }
                );
            }
        }
    }

    /// <summary>What the operator may see instead of the truth, for one look.</summary>
    public static IEnumerable<(string What, EtcdLive Seen)> Misperceptions(World world)
    {
        if (world.Truth.Membership is null || !world.HasQuorum)
        {
            yield break;
        }

        // Where only one is to be left, it knows all that was acknowledged, and its list is the one that is announced. Of a member that is
        // listed and of which nothing else is left only the list tells, whichever it is.
        var enough = world.Voters.Any(m => !MemberHealth.HasObjects(m))
            ? int.MaxValue
            : world.Truth.Record switch
            {
                null or { ClusterId: null } => int.MaxValue,
                { Intent: EtcdIntent.Remove } => 3,
                _ => 2,
            };
        foreach (var member in world.Voters.Where(m => World.IsUp(m) && world.Voters.Length >= enough))
        {
            yield return ($"believes {member.Index}, which was forced to be alone", SeenBy(world.Truth, member.Index, m => m));
            yield return (
                $"believes {member.Index}, which was forced to be alone, and cannot reach the others",
                SeenBy(world.Truth, member.Index, m => m.Silent())
            );
        }

        if (world.Disturbed)
        {
            yield break;
        }

        yield return ("sees no member list", World.Blind(world.Truth));
        foreach (var member in Representatives(world).Where(World.IsUp))
        {
            yield return ($"cannot reach {member.Index}", EtcdModel.Change(world.Truth, member.Index, m => m.OutOfReach()));
            yield return (
                $"cannot reach {member.Index} for long",
                EtcdModel.Change(world.Truth, member.Index, m => m.OutOfReach(beyondGrace: true))
            );
        }
    }

    /// <summary>The list as one member has it that was forced to be alone, and the others as they answer.</summary>
    public static EtcdLive SeenBy(EtcdLive truth, int index, Func<MemberLive, MemberLive> others) =>
        truth with
        {
            Membership = truth.Membership! with { Entries = [truth.Members.Single(m => m.Index == index).Entry!] },
            OtherLists =
            [
                .. truth
                    .Members.Where(m => m.Index != index && MemberHealth.IsHealthyVoter(m))
                    .Select(m => new OtherListLive(m.Index, null)),
            ],
            Members =
            [
                .. truth
                    .Members.Select(m => m.Index == index ? m : others(m) with { Entry = null })
                    .Where(m => m.Entry is not null || MemberHealth.HasObjects(m)),
            ],
        };

    /// <summary>A step whose first half only was done.</summary>
    public static IEnumerable<World> HalfDone(World world, EtcdStep step)
    {
        var after = Carried(world, step).First().Truth;
        switch (step)
        {
            case EtcdStep.StartSeed { Index: var i }:
                yield return world with
                {
                    Truth = Part(i, (was, now) => was with { Boot = now.Boot }),
                };
                break;
            case EtcdStep.StartMember { Index: var i }:
                yield return world with
                {
                    Truth = Part(i, (was, now) => was with { Boot = now.Boot }),
                };
                break;
            case EtcdStep.RestoreMember { Index: var i }:
                yield return world with
                {
                    Truth = Part(i, (was, now) => was with { Boot = now.Boot }),
                };
                break;
            case EtcdStep.DeleteMember { Index: var i }:
                yield return world with
                {
                    Truth = Part(i, (was, now) => was with { StatefulSet = now.StatefulSet }),
                };
                break;
            case EtcdStep.UpdateMember { Index: var i }:
                yield return world with
                {
                    Truth = Part(i, (was, now) => was with { StatefulSet = now.StatefulSet }),
                };

                // Told to end, it answers until its process has gone.
                yield return world with
                {
                    Truth = Part(i, (was, now) => now with { Endpoint = was.Endpoint }),
                };
                break;
            case EtcdStep.AddToClientService { Index: var i }:
                yield return world with
                {
                    Truth = Part(i, (was, now) => was with { StatefulSet = now.StatefulSet }),
                };
                break;
            case EtcdStep.RemoveFromClientService { Index: var i }:
                yield return world with
                {
                    Truth = Part(i, (was, now) => was with { Pod = now.Pod }),
                };
                break;
        }

        EtcdLive Part(int index, Func<MemberLive, MemberLive, MemberLive> part) =>
            EtcdModel.Change(
                world.Truth,
                index,
                m => part(m, after.Members.FirstOrDefault(a => a.Index == index) ?? new MemberLive(index))
            );
    }

    /// <summary>The worlds that a step may lead to: etcd takes no change without a majority, and any voter may lead after it.</summary>
    public static IEnumerable<World> Carried(World world, EtcdStep step)
    {
        var needsQuorum = step is EtcdStep.AddLearner or EtcdStep.PromoteLearner or EtcdStep.RemoveMember or EtcdStep.MoveLeader;
        // Who is to be removed as lost is asked once more right before.
        var answersAgain =
            step is EtcdStep.RemoveMember { Index: var index }
            && world.Truth.Record?.Intent is EtcdIntent.Remove { Reason: RemovalReason.Lost or RemovalReason.Wiped }
            && world.Truth.Members.Any(m => m.Index == index && m.Entry is { IsLearner: false } && World.IsUp(m));
        return (needsQuorum && !world.HasQuorum) || answersAgain
            ? [world]
            : Elections(world with { Truth = new EtcdModel(world.Desired, Scene.Hashes).ApplyTo(world.Truth, step) });
    }

    private static World Restarted(World world) =>
        world with
        {
            Desired = world.Desired with { NewIncarnation = "incarnation-2" },
            Truth = world.Truth with
            {
                Settled = false,
                Members = [.. world.Truth.Members.Select(m => MemberHealth.IsSilentForLong(m) ? m.Silent() : m)],
            },
        };

    private static World With(this World world, int index, Func<MemberLive, MemberLive> change) =>
        world with
        {
            Truth = EtcdModel.Change(world.Truth, index, change),
        };

    /// <summary>Members are alike but for leading, for being a learner, and for who goes next: one of each kind stands for the
    /// others.</summary>
    private static IEnumerable<MemberLive> Representatives(World world) =>
        new[]
        {
            world.Leader,
            world.Voters.FirstOrDefault(v => v.Index != world.Leader?.Index),
            world.Voters.LastOrDefault(),
            world.Learners.FirstOrDefault(),
            world.Truth.Members.FirstOrDefault(m => m.Index == world.Truth.Record?.Intent?.Index),
        }
            .OfType<MemberLive>()
            .DistinctBy(m => m.Index);

    /// <summary>If the leader stands, it goes on leading; if not, any voter that is up may come to lead: here the first or the last of
    /// them.</summary>
    private static IEnumerable<World> Elections(World world)
    {
        var elected = world with { Truth = EtcdModel.Elect(world.Truth) };
        yield return elected;
        var sitting = world.Voters.Any(v =>
            World.IsUp(v) && world.Voters.Any(o => World.IsUp(o) && MemberHealth.Status(o)!.LeaderId == v.Entry!.Id)
        );
        if (!sitting && elected.HasQuorum && elected.Voters.Last(World.IsUp) is { Entry.Id: var last } && elected.Leader!.Entry!.Id != last)
        {
            yield return world with
            {
                Truth = EtcdModel.Elect(
                    new EtcdModel(world.Desired, Scene.Hashes).ApplyTo(elected.Truth, new EtcdStep.MoveLeader(0, 0, 0, last))
                ) with
                {
                    Settled = world.Truth.Settled,
                },
            };
        }
    }
}
