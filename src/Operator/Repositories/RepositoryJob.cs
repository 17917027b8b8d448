using Quartz;

namespace GitOpsOperator.Operator.Repositories;

/// <summary>Runs one pass of one repository. Passes of the same repository never overlap: each has its own job key.</summary>
[DisallowConcurrentExecution]
internal sealed class RepositoryJob(RepositoryRegistry repositories) : IJob
{
    public const string NameKey = "repository";

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
        await repositories[context.MergedJobDataMap.GetString(NameKey)!].PassAsync(cancellationToken);
}
