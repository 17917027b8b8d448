using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Etcd.Steps;

public abstract partial record EtcdStep
{
    /// <summary>
    /// Delete the claim of a member that etcd no longer lists, or of a cluster that is deleted, and whose pod has ended.
    /// </summary>
    public sealed record DeleteClaim(int Index, string ClaimUid) : EtcdStep
    {
        public override StepDescription Describe(EtcdLive before) =>
            new()
            {
                Symbol = StepSymbol.Remove,
                Subject = Names(before).Member(Index),
                Sentence = $"delete the volume claim of {Names(before).Member(Index)}",
                ClientImpact = "",
                Risk = RiskClass.Data,
                Undo = null,
                IsMinor = false,
                IsDisruptive = false,
            };

        internal override async Task<StepOutcome> ExecuteAsync(EtcdExecution execution, CancellationToken cancellationToken)
        {
            execution.EnsureFresh();
            await execution.Objects.DeleteAsync(
                execution.Objects.Kinds.Claims,
                execution.Key(execution.Names.Claim(Index)),
                execution.Owner,
                ClaimUid,
                cancellationToken
            );
            return Done;
        }

        internal override EtcdLive ApplyTo(EtcdLive live, EtcdModel model) =>
            live.RetainedVolumes.Any(kept => kept.Index == Index)
                ? live with
                {
                    RetainedVolumes = live.RetainedVolumes.RemoveAll(kept => kept.Index == Index),
                }
                : EtcdModel.Change(
                    live,
                    Index,
                    member =>
                        member with
                        {
                            Claim = member is { Claim: { } claim, Pod: not null } ? claim with { Terminating = true } : null,
                        }
                );
    }
}
