using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Etcd.Steps;

public abstract partial record EtcdStep
{
    /// <summary>Create or replace the record, by compare-and-swap on the version observed.</summary>
    /// <param name="Why">What the new record says that the old one did not.</param>
    public sealed record WriteRecord(EtcdRecord Record, string Why) : EtcdStep
    {
        public override StepDescription Describe(EtcdLive before) =>
            new()
            {
                Symbol = StepSymbol.Change,
                Subject = before.Cluster.Name,
                Sentence = $"note in the record: {Why}",
                ClientImpact = "",
                Risk = RiskClass.None,
                Undo = "the former objects are applied again",
                IsMinor = true,
                IsDisruptive = false,
            };

        internal override async Task<StepOutcome> ExecuteAsync(EtcdExecution execution, CancellationToken cancellationToken)
        {
            execution.EnsureFresh();
            var live = execution.Live;
            var written = await execution.Records.TryWriteAsync(
                live.Cluster,
                execution.Owner,
                Record,
                live.RecordVersion,
                cancellationToken
            );
            if (written is null)
            {
                return new StepOutcome.NotYet("the record was changed by another writer since it was read");
            }

            await execution.Objects.AwaitAsync(written, cancellationToken);
            return Done;
        }

        internal override EtcdLive ApplyTo(EtcdLive live, EtcdModel model) =>
            RetainedClaims.SetApart(
                live with
                {
                    Record = Record,
                    RecordVersion = "written",
                    JoinIsDue = live.JoinIsDue && live.Record?.FailedJoins == Record.FailedJoins,
                }
            );
    }
}
