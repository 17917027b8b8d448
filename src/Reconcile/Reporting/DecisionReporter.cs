using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Steps;
using GitOpsOperator.Specs;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Reconcile.Reporting;

/// <summary>Puts the decisions of one cluster's loop into words, and reports each once: in the log, and to whoever listens.</summary>
public sealed partial class DecisionReporter<TStep>(ClusterKey cluster, Action<ClusterEvent> notify, ILogger logger)
    where TStep : notnull
{
    private const int ShortCommit = 7;
    private readonly ILogger _logger = logger;
    private string? _reported;

    /// <param name="sentence">What a step does, as an imperative without a full stop.</param>
    /// <param name="notYet">Why the step is not done yet; null where it is.</param>
    /// <param name="commit">Of the document that was decided on.</param>
    public void Report(Decision<TStep> decision, Func<TStep, string> sentence, string? notYet, string commit)
    {
        var news = Of(decision, sentence, notYet, commit);
        if (news.Text != _reported)
        {
            _reported = news.Text;
            LogDecision(cluster, news.Text);
            notify(news);
        }
    }

    /// <summary>The loop has failed, which is reported elsewhere; whatever comes next is news.</summary>
    public void Reset() => _reported = null;

    private ClusterEvent Of(Decision<TStep> decision, Func<TStep, string> sentence, string? notYet, string commit) =>
        decision switch
        {
            Decision<TStep>.Act { Step: var step } when notYet is not null => new(
                cluster,
                ClusterEventKind.Waiting,
                StepKind.Of(step),
                $"{sentence(step)}: not yet: {notYet}"
            ),
            Decision<TStep>.Act { Step: var step } => new(cluster, ClusterEventKind.Step, StepKind.Of(step), sentence(step)),
            Decision<TStep>.Progress progress => new(cluster, ClusterEventKind.Waiting, "Waiting", $"waiting for {progress.Expected}"),
            Decision<TStep>.Blocked blocked => new(
                cluster,
                ClusterEventKind.Blocked,
                ConditionReason.Of(blocked.By.Rule),
                $"blocked by {blocked.By.Rule}: {blocked.By.Reason}. {blocked.By.Remediation}"
            ),
            Decision<TStep>.Refused refused => new(
                cluster,
                ClusterEventKind.Refused,
                ConditionReason.Of(refused.By.Rule),
                $"refused by {refused.By.Rule}: {refused.By.Reason}. {refused.By.Remediation}"
            ),
            _ => new(cluster, ClusterEventKind.Converged, "Converged", $"converged at {commit[..Math.Min(ShortCommit, commit.Length)]}"),
        };

    [LoggerMessage(Level = LogLevel.Information, Message = "{Cluster}: {Decision}")]
    private partial void LogDecision(ClusterKey cluster, string decision);
}
