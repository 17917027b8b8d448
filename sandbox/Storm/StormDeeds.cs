using System.Globalization;
using GitOpsOperator.Sandbox.Node;
using k8s;

namespace GitOpsOperator.Sandbox.Storm;

/// <summary>Carries out what was drawn, on whoever is there; what nobody may do, since too little would be left, is not done.</summary>
internal sealed class StormDeeds(StormScene scene, IReadOnlyList<string> versions)
{
    private static readonly int[] Sizes = [3, 5, 4, 5, 3, 3];
    private static readonly int[] SnapshotCounts = [100, 200, 500];
    private static readonly int[] Heartbeats = [100, 120, 150];
    private static readonly TimeSpan RestartPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly HashSet<string> _copied = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <returns>Whom it happened to; null where it could not happen now.</returns>
    public async Task<string?> DoAsync(StormEvent drawn, CancellationToken cancellationToken)
    {
        var members = await scene.Sight.MembersAsync(cancellationToken);
        _seen.UnionWith(members.Select(member => member.Name));
        var random = new Random(drawn.Pick);
        var shuffled = members.Where(member => member.Address is not null).ToArray();
        random.Shuffle(shuffled);
        var running = shuffled.Where(member => member.Answer is not null).ToList();
        var voter = running.Find(member => member.Answer is { IsLearner: false } && !scene.Damaged.ContainsKey(member.Name));
        var node = NodeOptions.Names[random.Next(NodeOptions.Names.Count)];
        var action = drawn.Action;
        return action switch
        {
            _ when action == StormAction.CutMinority => await CutMinorityAsync(drawn, shuffled, cancellationToken),
            _ when action == StormAction.CutMajority => await CutAsync(drawn, shuffled, (_, _) => true, cancellationToken),
            _ when action == StormAction.CutRing => shuffled.Length < 4
                ? null
                : await CutAsync(drawn, shuffled, (one, other) => IsFar(one, other, shuffled.Length), cancellationToken),
            _ when action == StormAction.CutOneWay => await CutAsync(drawn, shuffled, (one, _) => one == 0, cancellationToken),
            _ when action == StormAction.CutOff => await LastingAsync(
                drawn,
                shuffled.FirstOrDefault(),
                Sandbox.Faults.Partition,
                Sandbox.Faults.Heal,
                cancellationToken
            ),
            _ when action == StormAction.CutFromOperator => await CutFromOperatorAsync(drawn, shuffled, cancellationToken),
            _ when action == StormAction.Kill => await OnceAsync(running.FirstOrDefault(), Sandbox.Faults.Kill, cancellationToken),
            _ when action == StormAction.Stop => await LastingAsync(
                drawn,
                running.FirstOrDefault(),
                Sandbox.Faults.Stop,
                Sandbox.Faults.Continue,
                cancellationToken
            ),
            _ when action == StormAction.Wipe => await DamageAsync(voter, Sandbox.Faults.Wipe, cancellationToken),
            _ when action == StormAction.CopyVolume => await CopyAsync(shuffled, cancellationToken),
            _ when action == StormAction.OldVolume => await DamageAsync(
                running.Find(member => _copied.Contains(member.Name) && !scene.Damaged.ContainsKey(member.Name)),
                Sandbox.Faults.OldVolume,
                cancellationToken
            ),
            _ when action == StormAction.Force => await ForceAsync(voter, drawn.Lasts, cancellationToken),
            _ when action == StormAction.SlowStart => await SlowAsync(
                drawn,
                Sandbox.Faults.SlowStart,
                node,
                $"1-{1 + random.Next(120)}",
                cancellationToken
            ),
            _ when action == StormAction.SlowStorage => await SlowAsync(
                drawn,
                Sandbox.Faults.SlowStorage,
                node,
                $"1-{1 + random.Next(60)}",
                cancellationToken
            ),
            _ when action == StormAction.SilentAddresses => await SlowAsync(
                drawn,
                Sandbox.Faults.SilentAddresses,
                node,
                $"5-{6 + random.Next(90)}",
                cancellationToken
            ),
            _ when action == StormAction.ApiFrozen => Freeze(drawn),
            _ when action == StormAction.ApiLate => BeLate(drawn, TimeSpan.FromSeconds(1 + random.Next(12))),
            _ when action == StormAction.OperatorKilled => await KillOperatorAsync(drawn),
            _ when action == StormAction.OperatorPaused => await PauseOperatorAsync(drawn, cancellationToken),
            _ when action == StormAction.OperatorTwice => StartSecondOperator(drawn),
            _ when action == StormAction.DeletePod => await DeletePodAsync(shuffled.FirstOrDefault(), cancellationToken),
            _ when action == StormAction.DeleteStatefulSet => await DeleteStatefulSetAsync(shuffled.FirstOrDefault(), cancellationToken),
            _ when action == StormAction.NodeGone => await LoseNodeAsync(drawn, node, cancellationToken),
            _ when action == StormAction.CutNewcomer => AwaitNewcomer(drawn, cancellationToken),
            _ => await CommitAsync(drawn, cancellationToken),
        };
    }

    /// <summary>Copies the volumes of all members, so that there are old ones from the beginning.</summary>
    public async Task CopyAllAsync(CancellationToken cancellationToken)
    {
        foreach (var member in await scene.Sight.MembersAsync(cancellationToken))
        {
            await CopyAsync([member], cancellationToken);
        }
    }

    private Task<string?> CutMinorityAsync(StormEvent drawn, SeenMember[] members, CancellationToken cancellationToken)
    {
        var few = Math.Max(1, (members.Length - 1) / 2);
        return CutAsync(drawn, members, (one, other) => one < few != other < few, cancellationToken);
    }

    /// <summary>In a ring each has two neighbours, and the others are far.</summary>
    private static bool IsFar(int one, int other, int count) => Math.Abs(one - other) is var apart && apart > 1 && apart < count - 1;

    /// <param name="cut">Of which to which nothing arrives, by their places.</param>
    private async Task<string?> CutAsync(
        StormEvent drawn,
        SeenMember[] members,
        Func<int, int, bool> cut,
        CancellationToken cancellationToken
    )
    {
        var pairs = (
            from one in Enumerable.Range(0, members.Length)
            from other in Enumerable.Range(0, members.Length)
            where one != other && cut(one, other)
            select (From: members[one], To: members[other])
        ).ToList();
        if (pairs.Count == 0)
        {
            return null;
        }

        foreach (var (from, to) in pairs)
        {
            await scene.Faults.CutAsync(from.Pod, to.Address!, cancellationToken);
        }

        var pods = pairs.Select(pair => pair.From.Pod).Distinct().ToList();
        scene.Last(
            drawn.Action.Name,
            drawn.Lasts,
            async token =>
            {
                foreach (var pod in pods)
                {
                    await scene.Faults.OfPodAsync(Sandbox.Faults.Heal, pod, token);
                }
            }
        );
        return string.Join(", ", pairs.Select(pair => $"{pair.From.Name}→{pair.To.Name}"));
    }

    private async Task<string?> CutFromOperatorAsync(StormEvent drawn, SeenMember[] members, CancellationToken cancellationToken)
    {
        if (members.Length == 0 || !await scene.Faults.CutAsync(members[0].Pod, StormPrograms.OperatorAddress, cancellationToken))
        {
            return null;
        }

        scene.Last(
            $"{drawn.Action.Name}, {members[0].Name}",
            drawn.Lasts,
            token => scene.Faults.OfPodAsync(Sandbox.Faults.Heal, members[0].Pod, token)
        );
        return members[0].Name;
    }

    private async Task<string?> OnceAsync(SeenMember? member, Fault fault, CancellationToken cancellationToken) =>
        member is not null && await scene.Faults.OfPodAsync(fault, member.Pod, cancellationToken) ? member.Name : null;

    private async Task<string?> LastingAsync(
        StormEvent drawn,
        SeenMember? member,
        Fault begin,
        Fault end,
        CancellationToken cancellationToken
    )
    {
        if (await OnceAsync(member, begin, cancellationToken) is not { } name)
        {
            return null;
        }

        scene.Last($"{drawn.Action.Name}, {name}", drawn.Lasts, token => scene.Faults.OfPodAsync(end, member!.Pod, token));
        return name;
    }

    private async Task<string?> CopyAsync(SeenMember[] members, CancellationToken cancellationToken)
    {
        // Of a damaged member the copy would be of what it was damaged to.
        var member = Array.Find(members, member => member.Answer is not null && !scene.Damaged.ContainsKey(member.Name));
        if (await OnceAsync(member, Sandbox.Faults.CopyVolume, cancellationToken) is not { } name)
        {
            return null;
        }

        _copied.Add(name);
        return name;
    }

    /// <summary>A minority at most; whether the rest is whole is looked at besides.</summary>
    private bool MayDamage => scene.Damaged.Count < (scene.Desired.Size - 1) / 2;

    /// <summary>What is in the way ends for it: a member that is damaged teaches more than another partition. A node stays gone.</summary>
    private async Task<bool> IsWholeOnceHealedAsync(string without, CancellationToken cancellationToken)
    {
        if (await scene.IsWholeWithoutAsync(without, cancellationToken))
        {
            return true;
        }

        if (scene.NodeDown is not null)
        {
            return false;
        }

        await scene.HealAsync(without, cancellationToken);
        return await scene.IsWholeWithoutAsync(without, cancellationToken);
    }

    /// <summary>Takes from a member what it holds, once it stands still and the others hold all of it.</summary>
    private async Task<string?> DamageAsync(SeenMember? member, Fault fault, CancellationToken cancellationToken)
    {
        if (!MayDamage || member is null || !await scene.Faults.OfPodAsync(Sandbox.Faults.Stop, member.Pod, cancellationToken))
        {
            return null;
        }

        scene.Faults.Keep(member.Pod);
        var damaged =
            await IsWholeOnceHealedAsync(member.Name, cancellationToken)
            && await scene.Faults.OfPodAsync(fault, member.Pod, cancellationToken);
        scene.Faults.Release(member.Pod);
        if (damaged)
        {
            scene.Damage(member.Name);
            return member.Name;
        }

        await scene.Faults.OfPodAsync(Sandbox.Faults.Continue, member.Pod, cancellationToken);
        return null;
    }

    /// <summary>
    /// A member is cut off, started by hand as a cluster of its own, and comes back. Clients never reach it from then on: what it would
    /// acknowledge would be lost by whoever forced it.
    /// </summary>
    private async Task<string?> ForceAsync(SeenMember? member, TimeSpan lasts, CancellationToken cancellationToken)
    {
        if (!MayDamage || member is null || !await scene.Faults.OfPodAsync(Sandbox.Faults.Partition, member.Pod, cancellationToken))
        {
            return null;
        }

        scene.Faults.Keep(member.Pod);
        if (
            !await IsWholeOnceHealedAsync(member.Name, cancellationToken)
            || await RestartsAsync(member.Pod, cancellationToken) is not { } before
        )
        {
            scene.Faults.Release(member.Pod);
            await scene.Faults.OfPodAsync(Sandbox.Faults.Heal, member.Pod, cancellationToken);
            return null;
        }

        scene.Damage(member.Name);
        await scene.ForceAsync(member.Name, "true", cancellationToken);
        await scene.Faults.OfPodAsync(Sandbox.Faults.Kill, member.Pod, cancellationToken);
        await UntilRestartedAsync(member.Pod, before, cancellationToken);
        await scene.Programs.PauseWriterAsync(cancellationToken);
        try
        {
            scene.Faults.Release(member.Pod);
            await scene.Faults.OfPodAsync(Sandbox.Faults.Heal, member.Pod, cancellationToken);
            await scene.Faults.CutAsync(member.Pod, StormPrograms.WriterAddress, cancellationToken);
            scene.Faults.Keep(member.Pod);
        }
        finally
        {
            await scene.Programs.ContinueWriterAsync(cancellationToken);
        }

        // Nothing else happens meanwhile: what is looked for is what the operator makes of it.
        scene.Journal.Tell($"{member.Name} is a cluster of its own");
        var begun = scene.Time.GetTimestamp();
        var told = "";
        while (scene.Time.GetElapsedTime(begun) < lasts + RestartPatience)
        {
            await scene.EndDueAsync(cancellationToken);
            if (
                await scene.Desired.StatusAsync(cancellationToken)
                    is { Blocked: { Rule: "two-histories" or "departure-unconfirmed" } blocked }
                && blocked.Rule != told
            )
            {
                scene.Journal.Tell($"the operator says {told = blocked.Rule}: {blocked.Reason}");
            }

            await Task.Delay(TimeSpan.FromSeconds(1), scene.Time, cancellationToken);
        }

        scene.Journal.Count(told.Length > 0 ? $"forced member told by {told}" : "forced member not told in time");
        for (var tries = 0; tries < 10 && !await scene.TakeAwayAsync(member.Name, cancellationToken); tries++)
        {
            await scene.HealAsync(member.Name, cancellationToken);
        }

        return member.Name;
    }

    private async Task<int?> RestartsAsync(string pod, CancellationToken cancellationToken) =>
        (await scene.Sight.PodsAsync(cancellationToken))
            .FirstOrDefault(one => one.Metadata.Name == pod)
            ?.Status?.ContainerStatuses?.FirstOrDefault()
            ?.RestartCount;

    private async Task UntilRestartedAsync(string pod, int before, CancellationToken cancellationToken)
    {
        var begun = scene.Time.GetTimestamp();
        while (scene.Time.GetElapsedTime(begun) < RestartPatience && !(await RestartsAsync(pod, cancellationToken) > before))
        {
            await Task.Delay(Look, scene.Time, cancellationToken);
        }

        // It has read its environment by then; what it makes of its data takes a moment.
        await Task.Delay(TimeSpan.FromSeconds(2), scene.Time, cancellationToken);
    }

    private async Task<string?> SlowAsync(StormEvent drawn, Fault fault, string node, string seconds, CancellationToken cancellationToken)
    {
        await scene.Faults.SlowAsync(fault, node, seconds, cancellationToken);
        scene.Last($"{drawn.Action.Name}, {node}", drawn.Lasts, token => scene.Faults.SlowAsync(fault, node, "0", token));
        return $"{node}, {seconds} s";
    }

    private string? Freeze(StormEvent drawn)
    {
        scene.Way.Freeze();
        scene.Last(
            drawn.Action.Name,
            drawn.Lasts,
            _ =>
            {
                scene.Way.Thaw();
                return Task.CompletedTask;
            }
        );
        return "for the operator";
    }

    private string? BeLate(StormEvent drawn, TimeSpan late)
    {
        scene.Way.Late = late;
        scene.Last(
            drawn.Action.Name,
            drawn.Lasts,
            _ =>
            {
                scene.Way.Late = TimeSpan.Zero;
                return Task.CompletedTask;
            }
        );
        return string.Create(CultureInfo.InvariantCulture, $"by {late.TotalSeconds} s");
    }

    private async Task<string?> KillOperatorAsync(StormEvent drawn)
    {
        if (!scene.Programs.OperatorRuns(0))
        {
            return null;
        }

        await scene.Programs.KillOperatorAsync(0);
        scene.Last(
            drawn.Action.Name,
            drawn.Lasts,
            _ =>
            {
                scene.Programs.StartOperator(0);
                return Task.CompletedTask;
            }
        );
        return "";
    }

    private async Task<string?> PauseOperatorAsync(StormEvent drawn, CancellationToken cancellationToken)
    {
        if (!scene.Programs.OperatorRuns(0))
        {
            return null;
        }

        await scene.Programs.PauseOperatorAsync(0, cancellationToken);
        scene.Last(drawn.Action.Name, drawn.Lasts, token => scene.Programs.ContinueOperatorAsync(0, token));
        return "";
    }

    private string? StartSecondOperator(StormEvent drawn)
    {
        if (scene.Programs.OperatorRuns(1))
        {
            return null;
        }

        scene.Programs.StartOperator(1);
        scene.Last(drawn.Action.Name, drawn.Lasts, _ => scene.Programs.KillOperatorAsync(1));
        return "";
    }

    private async Task<string?> DeletePodAsync(SeenMember? member, CancellationToken cancellationToken) =>
        member is not null
        && await StormScene.TryAsync(() =>
            scene.Client.CoreV1.DeleteNamespacedPodAsync(member.Pod, ClusterSight.Namespace, cancellationToken: cancellationToken)
        )
            ? member.Name
            : null;

    private async Task<string?> DeleteStatefulSetAsync(SeenMember? member, CancellationToken cancellationToken) =>
        member is not null
        && await StormScene.TryAsync(() =>
            scene.Client.AppsV1.DeleteNamespacedStatefulSetAsync(member.Name, ClusterSight.Namespace, cancellationToken: cancellationToken)
        )
            ? member.Name
            : null;

    private async Task<string?> LoseNodeAsync(StormEvent drawn, string node, CancellationToken cancellationToken)
    {
        if (scene.NodeDown is not null)
        {
            return null;
        }

        scene.NodeDown = node;
        await scene.Faults.OfNodeAsync(Sandbox.Faults.NodeDown, node, cancellationToken);
        scene.Last(
            $"{drawn.Action.Name}, {node}",
            drawn.Lasts,
            async token =>
            {
                await scene.Faults.OfNodeAsync(Sandbox.Faults.NodeUp, node, token);
                scene.NodeDown = null;
            }
        );
        return string.Create(CultureInfo.InvariantCulture, $"{node} for {drawn.Lasts.TotalSeconds:F0} s");
    }

    /// <summary>The next member that was never seen is cut off as soon as it has an address, which is before it has begun.</summary>
    private string? AwaitNewcomer(StormEvent drawn, CancellationToken cancellationToken)
    {
        var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        string? cut = null;
        var cutting = CutNewcomerAsync(name => cut = name, drawn.Pick % 2 == 0, over.Token);
        scene.Last(
            drawn.Action.Name,
            drawn.Lasts + TimeSpan.FromSeconds(30),
            async token =>
            {
                await over.CancelAsync();
                await cutting;
                over.Dispose();
                if (cut is not null)
                {
                    await scene.Faults.OfPodAsync(Sandbox.Faults.Heal, cut + "-0", token);
                    scene.Journal.Count("newcomer was cut off");
                }
            }
        );
        return "whoever comes";
    }

    /// <param name="whole">From everything, not from the other members alone.</param>
    private async Task CutNewcomerAsync(Action<string> cut, bool whole, CancellationToken cancellationToken)
    {
        var seen = _seen.ToHashSet(StringComparer.Ordinal);
        try
        {
            while (true)
            {
                var pods = await scene.Sight.PodsAsync(cancellationToken);
                if (
                    pods.FirstOrDefault(pod => !seen.Contains(pod.Metadata.Name[..^2]) && !string.IsNullOrEmpty(pod.Status?.PodIP)) is
                    { } newcomer
                )
                {
                    if (whole)
                    {
                        await scene.Faults.OfPodAsync(Sandbox.Faults.Partition, newcomer.Metadata.Name, cancellationToken);
                    }
                    else
                    {
                        foreach (var other in pods.Where(pod => pod != newcomer && !string.IsNullOrEmpty(pod.Status?.PodIP)))
                        {
                            await scene.Faults.CutAsync(newcomer.Metadata.Name, other.Status.PodIP, cancellationToken);
                        }
                    }

                    cut(newcomer.Metadata.Name[..^2]);
                    scene.Journal.Tell($"newcomer {newcomer.Metadata.Name} is cut off from {(whole ? "everything" : "the others")}");
                    return;
                }

                await Task.Delay(Look, scene.Time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested) { }
    }

    private async Task<string?> CommitAsync(StormEvent drawn, CancellationToken cancellationToken)
    {
        var desired = scene.Desired;
        if (drawn.Action == StormAction.Resize)
        {
            desired.Size = Sizes[drawn.Pick % Sizes.Length];
        }
        else if (drawn.Action == StormAction.Upgrade)
        {
            desired.Version = versions[drawn.Pick % versions.Count];
        }
        else
        {
            desired.SnapshotCount = SnapshotCounts[drawn.Pick % SnapshotCounts.Length];
            desired.HeartbeatInterval = Heartbeats[drawn.Pick / 7 % Heartbeats.Length];
        }

        var what = string.Create(
            CultureInfo.InvariantCulture,
            $"size {desired.Size}, version {desired.Version}, snapshots {desired.SnapshotCount}, heartbeat {desired.HeartbeatInterval}"
        );
        await desired.PushAsync(what, cancellationToken);
        return what;
    }
}
