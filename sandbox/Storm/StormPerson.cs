using System.Text.RegularExpressions;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Storm;

/// <summary>Answers what the operator leaves to people, as its remediation says, once it has stood there for a while.</summary>
internal sealed partial class StormPerson(StormScene scene, Random random)
{
    private static readonly TimeSpan OfTruth = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan OfNodes = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan OfTheRest = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan OfOldVolumes = TimeSpan.FromSeconds(120);

    private (string Rule, DateTimeOffset Since) _told = ("", DateTimeOffset.MinValue);

    /// <summary>Looks at the status and answers what is due.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        await scene.RefreshDamagedAsync(cancellationToken);
        for (var ended = await scene.Programs.RestartEndedOperatorsAsync(); ended > 0; ended--)
        {
            scene.Journal.Count("operator ended by itself");
        }

        var status = await scene.Desired.StatusAsync(cancellationToken);
        var rule = status?.Blocked?.Rule ?? "";
        if (rule != _told.Rule)
        {
            _told = (rule, scene.Time.GetUtcNow());
            if (rule.Length > 0)
            {
                scene.Journal.Count($"blocked by {rule}");
                scene.Journal.Tell($"the operator says {status}");
            }
        }

        if (rule.Length == 0)
        {
            await GiveUpOldVolumesAsync(cancellationToken);
            return;
        }

        var stands = scene.Time.GetUtcNow() - _told.Since;
        var answered = rule switch
        {
            "two-histories" or "departure-unconfirmed" => stands > OfTruth && await ChooseAsync(status!.Blocked!, cancellationToken),
            "member-without-node" => stands > OfNodes && await ReturnOrApproveAsync(status!.Blocked!, cancellationToken),
            "pod-does-not-end" => stands > OfNodes && await EndPodAsync(status!.Blocked!, cancellationToken),
            _ => stands > OfTheRest && await BringBackAsync(rule, cancellationToken),
        };
        if (answered)
        {
            scene.Journal.Count($"answered {rule}");
            _told = (rule, scene.Time.GetUtcNow());
        }
    }

    /// <summary>By the approval that the operator asks for, or by hand.</summary>
    private async Task<bool> ChooseAsync(StormStatus.Blocker blocked, CancellationToken cancellationToken)
    {
        var minority = scene.Damaged.OrderBy(one => one.Value).Select(one => one.Key).FirstOrDefault();
        if (
            minority is not null
            && random.Next(2) == 0
            && Keeping().Matches(blocked.Remediation).FirstOrDefault(match => !match.Groups[2].Value.Split(", ").Contains(minority))
                is { } kept
        )
        {
            scene.Journal.Tell($"a person approves that the history of {kept.Groups[2].Value} is kept, {minority} being wrong");
            scene.Journal.Count("history chosen by approval");
            scene.Desired.Approval = kept.Groups[1].Value;
            await scene.Desired.PushAsync($"{minority} is wrong", cancellationToken);
            return true;
        }

        if (minority is not null && await scene.TakeAwayAsync(minority, cancellationToken))
        {
            return true;
        }

        return await BringBackAsync(blocked.Rule, cancellationToken);
    }

    /// <summary>The node comes back; or it is taken for gone, and its member for lost, while it may still come back later.</summary>
    private async Task<bool> ReturnOrApproveAsync(StormStatus.Blocker blocked, CancellationToken cancellationToken)
    {
        if (
            random.Next(2) == 0
            && scene.NodeDown is not null
            && scene.Damaged.Count < (scene.Desired.Size - 1) / 2
            && Approval().Match(blocked.Remediation) is { Success: true } approval
            && Member().Match(blocked.Reason) is { Success: true } member
            && await scene.IsWholeWithoutAsync(member.Value, cancellationToken)
        )
        {
            scene.Journal.Tell($"a person approves that {member.Value} is lost");
            scene.Journal.Count("member on a lost node given up");
            scene.Damage(member.Value);
            scene.Desired.Approval = approval.Groups[1].Value;
            await scene.Desired.PushAsync($"{member.Value} is lost", cancellationToken);
            return true;
        }

        return await BringBackAsync("member-without-node", cancellationToken);
    }

    private async Task<bool> EndPodAsync(StormStatus.Blocker blocked, CancellationToken cancellationToken)
    {
        if (
            scene.NodeDown is { } gone
            && Member().Match(blocked.Reason) is { Success: true } member
            && (await scene.Sight.MembersAsync(cancellationToken)).Any(one => one.Name == member.Value && one.Node == gone)
            && await scene.IsWholeWithoutAsync(member.Value, cancellationToken)
        )
        {
            scene.Journal.Tell($"a person deletes the pod of {member.Value} by force: {gone} is gone");
            return await StormScene.TryAsync(() =>
                scene.Client.CoreV1.DeleteNamespacedPodAsync(
                    $"{member.Value}-0",
                    ClusterSight.Namespace,
                    new V1DeleteOptions { GracePeriodSeconds = 0 },
                    cancellationToken: cancellationToken
                )
            );
        }

        return await BringBackAsync("pod-does-not-end", cancellationToken);
    }

    private async Task<bool> BringBackAsync(string rule, CancellationToken cancellationToken)
    {
        if (scene.Lasting == 0)
        {
            return false;
        }

        scene.Journal.Tell($"a person brings all back, for {rule}");
        await scene.HealAsync(but: null, cancellationToken);
        return true;
    }

    /// <summary>What runs on an older copy and does not find back is taken away, as a member whose disk is broken.</summary>
    private async Task GiveUpOldVolumesAsync(CancellationToken cancellationToken)
    {
        var now = scene.Time.GetUtcNow();
        foreach (var (member, since) in scene.Damaged.Where(one => now - one.Value > OfOldVolumes).ToList())
        {
            if (scene.Volumes.Has($"data-{member}-0") && scene.NodeDown is null && await scene.TakeAwayAsync(member, cancellationToken))
            {
                scene.Journal.Count("damaged member taken away unasked");
            }
        }
    }

    [GeneratedRegex("gitops-operator.dev/approve: \"([0-9a-f]+)\"")]
    private static partial Regex Approval();

    [GeneratedRegex("\"([0-9a-f]{16})\"[^\"]*? keeps (?:that|the history) of ([^;(]*?) \\(")]
    private static partial Regex Keeping();

    [GeneratedRegex(DesiredCluster.Name + "-[0-9]+")]
    private static partial Regex Member();
}
