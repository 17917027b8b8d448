using System.Net;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Live.Access;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Reconcile.Steps;
using GitOpsOperator.Reconcile.Writing;
using k8s;

namespace GitOpsOperator.Domains.Etcd.Steps;

/// <summary>
/// Carries out one step. Every step may be stopped anywhere and done again: what is done already is found done. What was decided is not
/// decided again here, but what was seen must still be fresh when a change of etcd is sent.
/// </summary>
public sealed partial class EtcdExecutor(
    IKubernetes client,
    KubernetesView view,
    EtcdEndpoints endpoints,
    EtcdExecutorOptions options,
    TimeProvider time
)
{
    private static readonly StepOutcome Done = new StepOutcome.Done();

    private readonly OwnedObjects _objects = new(client, view, options.Mandate, time);
    private readonly EtcdRecordStore _records = new(client);

    /// <param name="observedAt">Monotonic time (<see cref="TimeProvider.GetTimestamp"/>) just before <paramref name="live"/> was observed.</param>
    public async Task<StepOutcome> ExecuteAsync(
        EtcdDesired desired,
        EtcdLive live,
        long observedAt,
        EtcdStep step,
        CancellationToken cancellationToken
    )
    {
        // What is in force is what was last accepted: a newer commit takes over by a step of its own, never in the middle of a change.
        var work = new Work(desired with { Source = live.Record?.Accepted ?? desired.Source }, live, observedAt);
        try
        {
            options.Mandate.Demand();
            return await (
                step switch
                {
                    EtcdStep.WriteRecord write => WriteRecordAsync(work, write, cancellationToken),
                    EtcdStep.ApplyShared apply => ApplySharedAsync(work, apply, cancellationToken),
                    EtcdStep.DeleteShared delete => DeleteSharedAsync(work, delete, cancellationToken),
                    EtcdStep.StartSeed start => StartSeedAsync(work, start, cancellationToken),
                    EtcdStep.StartMember start => StartMemberAsync(work, start, cancellationToken),
                    EtcdStep.SealMember seal => SealMemberAsync(work, seal, cancellationToken),
                    EtcdStep.RestoreMember restore => RestoreMemberAsync(work, restore, cancellationToken),
                    EtcdStep.PutBack put => PutBackAsync(work, put, cancellationToken),
                    EtcdStep.RemoveStranger stranger => RemoveStrangerAsync(work, stranger, cancellationToken),
                    EtcdStep.AddLearner add => AddLearnerAsync(work, add, cancellationToken),
                    EtcdStep.PromoteLearner promote => PromoteLearnerAsync(work, promote, cancellationToken),
                    EtcdStep.MoveLeader move => MoveLeaderAsync(work, move, cancellationToken),
                    EtcdStep.RemoveMember remove => RemoveMemberAsync(work, remove, cancellationToken),
                    EtcdStep.UpdateMember update => UpdateMemberAsync(work, update, cancellationToken),
                    EtcdStep.TakeSnapshot take => TakeSnapshotAsync(work, take, cancellationToken),
                    EtcdStep.EndSnapshot end => EndSnapshotAsync(work, end, cancellationToken),
                    EtcdStep.AdmitVoter admit => SetVoterRoleAsync(work, admit.Index, EtcdNames.VoterRole, cancellationToken),
                    EtcdStep.WithdrawVoter withdraw => SetVoterRoleAsync(work, withdraw.Index, null, cancellationToken),
                    EtcdStep.DeleteMember delete => DeleteMemberAsync(work, delete, cancellationToken),
                    EtcdStep.DeleteClaim delete => DeleteClaimAsync(work, delete, cancellationToken),
                    _ => throw new NotSupportedException($"No way is known to carry out {step.GetType().Name}"),
                }
            );
        }
        catch (StaleObservationException e)
        {
            return new StepOutcome.NotYet(e.Message);
        }
        catch (MandateLostException e)
        {
            return new StepOutcome.NotYet(e.Message);
        }
        catch (ForeignObjectException e)
        {
            return new StepOutcome.NotYet(e.Message);
        }
        catch (KubernetesCallException e) when (e.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests)
        {
            return new StepOutcome.NotYet(e.Message);
        }
        catch (EtcdCallException e) when (e.Failure != EtcdFailure.Fault)
        {
            return new StepOutcome.NotYet(e.Message);
        }
    }

    private void EnsureFresh(Work work)
    {
        options.Mandate.Demand();
        var age = time.GetElapsedTime(work.ObservedAt);
        if (age > options.Freshness)
        {
            throw new StaleObservationException(work.Live.Cluster, age, options.Freshness);
        }
    }

    /// <summary>What a step works on.</summary>
    private sealed record Work(EtcdDesired Desired, EtcdLive Live, long ObservedAt)
    {
        public EtcdNames Names => new(Live.Cluster);

        public OwnerId Owner => Desired.Owner;

        public MemberLive? Member(int index) => Live.Members.FirstOrDefault(member => member.Index == index);

        public ObjectKey Key(string name) => new(Live.Cluster.Namespace, name);

        public string Incarnation =>
            Live.Record?.Incarnation
            ?? throw new InvalidOperationException(
                $"{Live.Cluster}: a member cannot be started without a record, which holds the cluster's token"
            );
    }
}
