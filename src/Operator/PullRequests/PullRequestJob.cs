using Quartz;

namespace GitOpsOperator.Operator.PullRequests;

/// <summary>Looks at the pull requests of one repository. A job of its own, so that a slow forge never holds up what git says.</summary>
[DisallowConcurrentExecution]
internal sealed class PullRequestJob(PullRequestRegistry repositories) : IJob
{
    public const string NameKey = "repository";

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
        await repositories[context.MergedJobDataMap.GetString(NameKey)!].PassAsync(cancellationToken);
}
