using GitOpsOperator.Domains.Etcd.Live;

namespace GitOpsOperator.Domains.Etcd.Tests.Proofs;

/// <summary>What may go wrong with one member, from outside.</summary>
internal static class MemberFaults
{
    public static IEnumerable<(string What, Func<MemberLive, MemberLive> Change)> Of(MemberLive member)
    {
        if (member.Pod is not null)
        {
            // With what its first start may have said before it found a peer, which stays in the pod and says nothing of now.
            yield return (
                "is killed",
                m => Down(m) with { Pod = Down(m).Pod! with { TerminationMessage = "cannot fetch cluster info from peer urls" } }
            );
            yield return (
                "is evicted and answers a moment longer",
                m => m with { Pod = m.Pod! with { Terminating = true, Ready = false } }
            );
            yield return ("loses its pod", m => Down(m) with { Pod = null });
            yield return ("is wiped", m => Down(m) with { Pod = m.Pod! with { DataLost = m.Boot is { Sealed: true } } });
        }

        if (member is { Pod: not null, Entry.Started: true })
        {
            yield return ("loses its node", m => Down(m) with { Pod = Down(m).Pod! with { NodeNotReadyReason = "its node is lost" } });
        }

        if (member is { Pod: not null, Entry: { Started: false, IsLearner: true } })
        {
            yield return ("cannot be started", m => Down(m) with { Pod = Down(m).Pod! with { WaitingReason = "ErrImagePull" } });
        }

        if (member.StatefulSet is not null)
        {
            yield return ("loses its StatefulSet", m => Down(m) with { StatefulSet = null, Pod = null });
            yield return ("loses its StatefulSet and its volume", m => Down(m) with { StatefulSet = null, Pod = null, Claim = null });
            yield return ("loses its StatefulSet, and the pod stays", m => m with { StatefulSet = null });
        }

        if (member.Boot is not null)
        {
            yield return ("loses its boot ConfigMap", m => m with { Boot = null });
        }
    }

    /// <summary>Down, which its kubelet sees as well.</summary>
    private static MemberLive Down(MemberLive member) =>
        member with
        {
            Endpoint = new EndpointLive.Unreachable(false),
            Pod = member.Pod is { } pod ? pod with { Ready = false } : null,
        };
}
