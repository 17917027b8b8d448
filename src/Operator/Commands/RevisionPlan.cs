using System.Collections.Immutable;
using GitOpsOperator.Drift.Comparison;
using GitOpsOperator.Operator.Configuration;
using GitOpsOperator.Operator.Hosting;
using GitOpsOperator.Operator.PullRequests;
using GitOpsOperator.Operator.State;
using GitOpsOperator.Reconcile.Commands;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Reconcile.Plans;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Reconcile.Reviews;
using GitOpsOperator.Specs;
using GitOpsOperator.Sync.Git.Mirror;
using GitOpsOperator.Sync.Git.Network;

namespace GitOpsOperator.Operator.Commands;

/// <summary><c>plan --revision</c>: what merging a branch would mean, in the words of the comment on a pull request.</summary>
internal static class RevisionPlan
{
    /// <summary>As long as any of the large forges takes, so that any of them can be given the text.</summary>
    private const int MaxTextLength = 65_536 - PlanComment.MaxMarkerLength;

    public static async Task<ExitCode> RunAsync(
        OperatorConfiguration configuration,
        string revision,
        string? repository,
        bool documentsOnly,
        string output,
        CancellationToken cancellationToken
    )
    {
        using var scratch = new ScratchFolder();
        configuration.StateDirectory = scratch.Path;
        using var loggers = LoggerFactory.Create(logging => OperatorLogging.Configure(logging, LogLevel.Warning, toStandardError: true));
        var chosen = Choose(configuration, repository);
        using var mirror = GitMirror.Open(Path.Combine(scratch.Path, "proposal"), chosen.Remote, new GitNetwork(TimeProvider.System));
        var proposal = await ReadAsync(mirror, configuration.Kinds, configuration.PolicyOf(chosen), revision, cancellationToken);
        if (documentsOnly)
        {
            return Print(await ReviewAsync(new NoClusters(), "only the documents were asked for"), output);
        }

        await using var services = OperatorServices.Build(configuration, loggers, TimeProvider.System);
        await services.GetRequiredService<BackgroundWork>().StartWithinAsync(KubernetesAccess.Timeout, cancellationToken);
        return Print(
            await ReviewAsync(
                new LiveClusters(services.GetServices<IClusterDomain>(), services.GetRequiredService<OperatorState>(), chosen.Name),
                null
            ),
            output
        );

        Task<Review> ReviewAsync(ILiveClusters clusters, string? withoutLiveState) =>
            new Reviewer(
                chosen.Url,
                chosen.Mode,
                new(chosen.Windows, TimeProvider.System),
                new(configuration.Limits.ClustersChangedAtOnce),
                clusters,
                loggers.CreateLogger<Reviewer>()
            ).ReviewAsync(proposal, withoutLiveState, cancellationToken);
    }

    private static RepositoryConfiguration Choose(OperatorConfiguration configuration, string? name) =>
        (name, configuration.Repositories) switch
        {
            (null, [var only]) => only,
            (null, var several) => throw new ConfigurationException([
                $"--revision is about one repository and {several.Count} are configured; name it with --repository",
            ]),
            (_, var all) => all.FirstOrDefault(repository => repository.Name == name)
                ?? throw new ConfigurationException([
                    $"--repository {name}: not configured; configured: {string.Join(", ", all.Select(repository => repository.Name))}",
                ]),
        };

    private static async Task<Proposal> ReadAsync(
        GitMirror mirror,
        ImmutableArray<DocumentKind> kinds,
        DocumentPolicy policy,
        string revision,
        CancellationToken cancellationToken
    )
    {
        if (await mirror.PollAsync(cancellationToken) is PollResult.Failed failed)
        {
            throw new IOException(failed.Error.Message);
        }

        var (head, error) = await mirror.FetchProposalAsync(revision, "revision", cancellationToken);
        return head is null ? throw new IOException(error!.Message) : new Proposals(mirror, kinds, policy).Compare(mirror.Revision!, head);
    }

    private static ExitCode Print(Review review, string output)
    {
        if (output == "markdown")
        {
            Console.Write(ReviewMarkdown.Write(review, MaxTextLength));
        }
        else
        {
            foreach (var finding in review.Findings)
            {
                Console.Error.WriteLine(finding);
            }

            var plans = review.Clusters.Select(cluster => cluster.Plan).OfType<PlanForecast>();
            Console.Write(
                output == "json"
                    ? $"[{string.Join(",\n", plans.Select(PlanJson.Write))}]\n"
                    : string.Concat(plans.Select(plan => PlanText.Write(plan) + "\n")) + ReviewWords.Verdict(review) + ".\n"
            );
        }

        return review.Verdict switch
        {
            ReviewVerdict.NothingToDo => ExitCode.Success,
            ReviewVerdict.Refused or ReviewVerdict.Invalid => ExitCode.Blocked,
            ReviewVerdict.Waits => ExitCode.Progressing,
            _ => ExitCode.Changes,
        };
    }

    /// <summary>Where live state is not asked for, nothing may ask.</summary>
    private sealed class NoClusters : ILiveClusters
    {
        public Task<ImmutableArray<DriftFact>> DriftAsync(
            ClusterDocument document,
            DocumentSource source,
            CancellationToken cancellationToken
        ) => throw new InvalidOperationException("Live state is not looked at");

        public string? Followed => null;

        public Task<PlanForecast> PlanAsync(ClusterDocument document, DocumentSource source, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Live state was not to be looked at");

        public ClusterReport? Report(ClusterKey cluster) => null;
    }
}
