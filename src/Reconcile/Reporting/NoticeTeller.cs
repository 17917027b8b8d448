using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Specs;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Reconcile.Reporting;

/// <summary>Puts the decisions of one cluster's loop into words, and tells each once: in the log, and to whoever listens.</summary>
public sealed partial class NoticeTeller<TStep>(ClusterKey cluster, Func<TStep, string> sentence, Action<Notice> notify, ILogger logger)
{
    private const int ShortCommit = 7;
    private readonly ILogger _logger = logger;
    private string? _told;

    public void Tell(Decision<TStep> decision, string? notYet, string commit)
    {
        var notice = Of(decision, notYet, commit);
        if (notice.Text != _told)
        {
            _told = notice.Text;
            LogDecision(cluster, notice.Text);
            notify(notice);
        }
    }

    /// <summary>The loop has failed, which is told elsewhere; whatever comes next is news.</summary>
    public void Forget() => _told = null;

    private Notice Of(Decision<TStep> decision, string? notYet, string commit) =>
        decision switch
        {
            Decision<TStep>.Act { Step: var step } when notYet is not null => new(
                cluster,
                NoticeKind.Waiting,
                step!.GetType().Name,
                $"{sentence(step)}: not yet: {notYet}"
            ),
            Decision<TStep>.Act { Step: var step } => new(cluster, NoticeKind.Step, step!.GetType().Name, sentence(step)),
            Decision<TStep>.Progress progress => new(cluster, NoticeKind.Waiting, "Waiting", $"waiting for {progress.Expected}"),
            Decision<TStep>.Blocked blocked => new(
                cluster,
                NoticeKind.Blocked,
                ConditionReason.Of(blocked.Rule),
                $"blocked by {blocked.Rule}: {blocked.Reason}. {blocked.WayOut}"
            ),
            Decision<TStep>.Refused refused => new(
                cluster,
                NoticeKind.Refused,
                ConditionReason.Of(refused.Rule),
                $"refused by {refused.Rule}: {refused.Reason}. {refused.WayOut}"
            ),
            _ => new(cluster, NoticeKind.Converged, "Converged", $"converged at {commit[..Math.Min(ShortCommit, commit.Length)]}"),
        };

    [LoggerMessage(Level = LogLevel.Information, Message = "{Cluster}: {Decision}")]
    private partial void LogDecision(ClusterKey cluster, string decision);
}
