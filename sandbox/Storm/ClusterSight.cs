using Etcdserverpb;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Storm;

/// <summary>A pod of a member, and what the member says.</summary>
/// <param name="Node">Null while it has none.</param>
/// <param name="Address">Null while it has none.</param>
/// <param name="Answer">Null where it does not answer.</param>
internal sealed record SeenMember(string Name, string? Node, string? Address, MemberAnswer? Answer)
{
    /// <summary>Of its one pod.</summary>
    public string Pod => $"{Name}-0";

    /// <summary>Of its volume.</summary>
    public string Claim => $"data-{Name}-0";
}

/// <summary>How the cluster is, asked of Kubernetes and of the members and never of the operator.</summary>
internal sealed class ClusterSight(IKubernetes client, MemberAnswers answers, TimeProvider time)
{
    public const string Namespace = "default";
    private const string Label = "gitops-operator.dev/cluster=" + DesiredCluster.Name;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);

    /// <summary>Every member that has a pod, in the order of their names.</summary>
    public async Task<IReadOnlyList<SeenMember>> MembersAsync(CancellationToken cancellationToken) =>
        [
            .. (
                await Task.WhenAll(
                    (await PodsAsync(cancellationToken)).Select(async pod => new SeenMember(
                        pod.Metadata.Name[..^2],
                        pod.Spec.NodeName,
                        pod.Status?.PodIP,
                        pod.Status?.PodIP is { Length: > 0 } address ? await answers.StatusAsync(address, cancellationToken) : null
                    ))
                )
            ).OrderBy(member => member.Name, StringComparer.Ordinal),
        ];

    public async Task<IReadOnlyList<V1Pod>> PodsAsync(CancellationToken cancellationToken) =>
        [
            .. (
                await client.CoreV1.ListNamespacedPodAsync(Namespace, labelSelector: Label, cancellationToken: cancellationToken)
            ).Items.Where(pod => pod.Metadata.Name.EndsWith("-0", StringComparison.Ordinal)),
        ];

    /// <summary>
    /// Whether the cluster without one member is whole: a majority of all voters, that one not among them, agrees, and each of that
    /// majority has applied all that was committed before this was called. The one has to be stopped or cut off already, so that nothing
    /// more is acknowledged with its help.
    /// </summary>
    /// <param name="damaged">Members that hold less than they acknowledged, or something else.</param>
    public async Task<bool> IsWholeWithoutAsync(string without, IReadOnlySet<string> damaged, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (time.GetElapsedTime(begun) < Patience)
        {
            var others = (await MembersAsync(cancellationToken))
                .Where(member => member.Name != without && !damaged.Contains(member.Name) && member.Answer is not null)
                .ToList();
            var agreed = others.Count == 0 ? null : await answers.ListAsync(others[0].Address!, agreed: true, cancellationToken);
            if (agreed is not null && await HoldAllAsync(others, agreed, cancellationToken))
            {
                return true;
            }

            await Task.Delay(Look, time, cancellationToken);
        }

        return false;
    }

    private async Task<bool> HoldAllAsync(List<SeenMember> others, IReadOnlyList<Member> agreed, CancellationToken cancellationToken)
    {
        var voters = agreed.Where(member => !member.IsLearner).Select(member => member.ID).ToHashSet();
        var first = await Task.WhenAll(others.Select(member => answers.StatusAsync(member.Address!, cancellationToken)));
        var committed = first.Max(answer => answer?.Committed ?? 0);
        var second = await Task.WhenAll(others.Select(member => answers.StatusAsync(member.Address!, cancellationToken)));
        return second.Count(answer => answer is { Leader: not 0 } && voters.Contains(answer.Id) && answer.Applied >= committed)
            >= (voters.Count / 2) + 1;
    }

    /// <summary>Whether the member is one of the cluster that a majority agrees on, and is not behind the others.</summary>
    public async Task<bool> HasCaughtUpAsync(string name, IReadOnlyList<SeenMember> members, CancellationToken cancellationToken)
    {
        var member = members.FirstOrDefault(one => one.Name == name);
        return member?.Answer is { Leader: not 0 } answer
            && answer.Applied + 5 >= members.Max(one => one.Answer?.Committed ?? 0)
            && members.Count(one => one.Answer is { } other && (other.Leader, other.Term) == (answer.Leader, answer.Term)) > 1
            && await answers.ListAsync(member.Address!, agreed: true, cancellationToken) is { Count: > 1 };
    }
}
