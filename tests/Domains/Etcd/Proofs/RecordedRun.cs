using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Planning;
using GitOpsOperator.Domains.Etcd.Rendering;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Recording;
using GitOpsOperator.Reconcile.Tests.Proofs;

namespace GitOpsOperator.Domains.Etcd.Tests.Proofs;

/// <summary>
/// What an operator recorded of one real cluster, held against the planner and the model: the planner decides the same on the same facts,
/// and what is seen next is made of what the model gives after the step that was decided, and after what it says that the world then does
/// by itself. Each part of each member is compared alone, since the world takes its steps in any order and the watches show them in any
/// order. That a member does not answer for a moment, or the list cannot be read, needs no reason; that one answers, or anything of it
/// changes, does.
/// </summary>
/// <param name="isDisturbed">Things went wrong on purpose meanwhile: what the model knows to go wrong may have, at any time.</param>
internal sealed class RecordedRun(IReadOnlyList<RecordedPass<EtcdFacts>> passes, bool isDisturbed = false)
{
    /// <summary>A world that is left alone comes to rest within so many rounds: each part of a member changes a few times at the
    /// most.</summary>
    private const int Rounds = 30;

    public static async Task<RecordedRun> ReadAsync(string path, bool isDisturbed, CancellationToken cancellationToken) =>
        new(await RecordingFile.ReadAsync<EtcdFacts>(path, "etcd", cancellationToken), isDisturbed);

    // Whom somebody else has added; they come and go with him.
    private const string UnknownMembers = "unknown members";

    public int Transitions => Math.Max(0, passes.Count - 1);

    /// <summary>Where the planner or the model disagree with what was recorded, in the order in which it happened.</summary>
    public IEnumerable<string> Disagreements()
    {
        foreach (var pass in passes)
        {
            var (decision, rule) = EtcdPlanner.Decide(pass.Facts.Desired, pass.Facts.Live, EtcdHashes.Rendered);
            var words = DecisionText.Of(decision, rule, step => step.Describe(pass.Facts.Live).Sentence);
            if (words != pass.Decision)
            {
                yield return $"{pass.At:O}: decided was '{pass.Decision}', and on the same facts it is '{words}'";
            }
        }

        foreach (var untrue in RunFacts.Untrue(passes))
        {
            yield return untrue;
        }

        // What was seen of the list before it could not be read is still so.
        MembershipLive? list = null;
        foreach (var (before, after) in passes.Zip(passes.Skip(1)))
        {
            list = before.Facts.Live.Membership ?? list;
            foreach (var unknown in Unknown(before, after, list))
            {
                yield return $"{after.At:O}: after '{before.Decision}': {unknown}";
            }
        }
    }

    private IEnumerable<string> Unknown(RecordedPass<EtcdFacts> before, RecordedPass<EtcdFacts> after, MembershipLive? list)
    {
        var possible = Possible(before, list)
            .SelectMany(live => new[] { live, WithClaims(live, before.Facts.Desired) })
            .Select(Parts)
            .ToList();
        return SeenParts
            .Unknown(
                Parts(before.Facts.Live),
                Parts(after.Facts.Live),
                part => possible.Select(parts => parts.GetValueOrDefault(part, PassParts.Nothing)).ToHashSet(StringComparer.Ordinal),
                part => MayBeUnseen(part, after.Facts.Live)
            )
            .Where(unknown => !isDisturbed || !unknown.StartsWith(UnknownMembers, StringComparison.Ordinal));
    }

    /// <summary>The list, and who answers, are what may not be seen for a moment.</summary>
    private static bool MayBeUnseen(string part, EtcdLive live) =>
        part.EndsWith(" answers", StringComparison.Ordinal)
        || (part.EndsWith(" listed", StringComparison.Ordinal) && live.Membership is null);

    /// <summary>The state that was seen, that after the step, and what becomes of either by itself.</summary>
    private List<EtcdLive> Possible(RecordedPass<EtcdFacts> pass, MembershipLive? list)
    {
        var model = new EtcdModel(pass.Facts.Desired, EtcdHashes.Rendered);
        var seen = Recovering(WithList(pass.Facts.Live, list));
        List<EtcdLive> starts = EtcdPlanner.Decide(pass.Facts.Desired, pass.Facts.Live, EtcdHashes.Rendered).Decision
            is Decision<EtcdStep>.Act { Step: var step }
            ? [seen, model.ApplyTo(seen, step)]
            : [seen];
        if (isDisturbed)
        {
            starts.AddRange([.. starts.SelectMany(start => Disturbed(model, start))]);
        }

        return [.. starts.SelectMany(start => PassParts.AndAfter(start, model.Advance, Rounds))];
    }

    /// <summary>Pods and claims are watched each by itself, so a pod may be seen before its claim.</summary>
    private static EtcdLive WithClaims(EtcdLive live, EtcdDesired desired) =>
        desired.Spec.Storage is not EtcdStorage.Persistent
            ? live
            : live with
            {
                Members =
                [
                    .. live.Members.Select(m =>
                        m is { StatefulSet: not null, Claim: null } ? m with { Claim = new(m.StatefulSet.Uid, Terminating: false) } : m
                    ),
                ],
            };

    /// <summary>One thing that goes wrong, with a member or with what all members share.</summary>
    private static IEnumerable<EtcdLive> Disturbed(EtcdModel model, EtcdLive live) =>
        [
            .. live
                .Members.Where(m => m.Entry is not null)
                .Select(m => model.ApplyTo(live, new EtcdStep.RemoveMember(m.Index, m.Entry!.Id))),
            .. live.Members.SelectMany(m =>
                MemberFaults.Of(m).Select(fault => live with { Members = live.Members.Replace(m, fault.Change(m)) })
            ),
            live with
            {
                Shared = live.Shared with { PeerServiceHash = null },
            },
            live with
            {
                Shared = live.Shared with { ClientServiceHash = null },
            },
            live with
            {
                Shared = live.Shared with { DisruptionBudgetHash = null },
            },
        ];

    private static EtcdLive WithList(EtcdLive live, MembershipLive? list) =>
        live.Membership is not null || list is null
            ? live
            : live with
            {
                Membership = list,
                Members =
                [
                    .. live.Members.Select(m =>
                        m with
                        {
                            Entry = list.Entries.FirstOrDefault(entry =>
                                new EtcdNames(live.Cluster).IndexOfPeerUrl(entry.PeerUrl) == m.Index
                            ),
                        }
                    ),
                ],
            };

    /// <summary>Whoever is silent may answer again, and what keeps it from running end, however long that takes.</summary>
    private static EtcdLive Recovering(EtcdLive live) =>
        live with
        {
            Members =
            [
                .. live.Members.Select(m =>
                    m.Endpoint is not EndpointLive.Unreachable
                        ? m
                        : m with
                        {
                            Endpoint = new EndpointLive.Unreachable(false),
                            Pod = m.Pod is { } pod ? pod with { NodeNotReadyReason = null, WaitingReason = null } : null,
                        }
                ),
            ],
        };

    /// <summary>What is there, by name; what is not there has no entry. Numbers of the log, times, identities and health come and go by
    /// themselves.</summary>
    private static SortedDictionary<string, string> Parts(EtcdLive live)
    {
        var parts = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [UnknownMembers] = string.Join(' ', live.UnknownEntries.Select(entry => entry.PeerUrl)),
        };
        Add("record", live.Record is { } record ? EtcdRecordJson.Write(record) : null);
        Add("shared objects", live.Shared.ToString());
        Add(
            "snapshot",
            live.Snapshot is { } snapshot ? $"{(snapshot.Terminating ? PassParts.Going : "")}{snapshot.File} {snapshot.State}" : null
        );
        foreach (var m in live.Members)
        {
            Add(
                $"{m.Index} listed",
                m.Entry is { } entry ? $"{(entry.IsLearner ? "learner" : "voter")}{(entry.Started ? "" : ", not started")}" : null
            );
            Add(
                $"{m.Index} StatefulSet",
                m.StatefulSet is { } set
                    ? $"{(set.Terminating ? PassParts.Going : "")}{set.Image} {set.DesiredHash}{(set.VoterRole ? " voter" : "")}"
                    : null
            );
            Add(
                $"{m.Index} boot",
                m.Boot is { } boot
                    ? boot.Sealed
                        ? "sealed"
                        : "first start"
                    : null
            );
            Add(
                $"{m.Index} pod",
                m.Pod is { } pod
                    ? $"{(pod.Terminating ? PassParts.Going : "")}{pod.Image} "
                        + $"{pod.DesiredHash}{(pod.VoterRole ? " voter" : "")}{(pod.DataLost ? " lost its data" : "")}"
                    : null
            );
            Add(
                $"{m.Index} claim",
                m.Claim is { } claim
                    ? claim.Terminating
                        ? PassParts.Going
                        : "there"
                    : null
            );
            Add(
                $"{m.Index} answers",
                m.Endpoint is EndpointLive.Reachable { Status: var status }
                    ? $"as {(status.IsLearner ? "a learner" : "a voter")} of {status.Version}"
                    : null
            );
        }

        return parts;

        void Add(string part, string? value)
        {
            if (value is not null)
            {
                parts[part] = value;
            }
        }
    }
}
