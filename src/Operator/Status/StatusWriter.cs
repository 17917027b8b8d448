using System.Collections.Immutable;
using GitOpsOperator.Drift.Ledger;
using GitOpsOperator.Operator.Clusters;
using GitOpsOperator.Operator.Repositories;
using GitOpsOperator.Reconcile.Writing;
using GitOpsOperator.Specs;
using GitOpsOperator.Sync.Git.Status;

namespace GitOpsOperator.Operator.Status;

/// <summary>
/// Writes one repository's status branch: waits for a change, then for the window to pass so that changes close together are one commit.
/// </summary>
/// <param name="furtherDrifts">What differs from git of a cluster beyond what its domain looks at.</param>
internal sealed partial class StatusWriter(
    RepositoryFollower follower,
    StatusBranch branch,
    Fleet fleet,
    Func<ClusterKey, ImmutableArray<DriftEntry>> furtherDrifts,
    IMandate mandate,
    TimeSpan window,
    TimeProvider time,
    ILogger<StatusWriter> logger
)
{
    private readonly CoalescedRequests _requests = new(window, time);
    private ImmutableSortedDictionary<string, string> _written = ImmutableSortedDictionary<string, string>.Empty;
    private FirstSeen? _firstSeen;
    private string? _fault;

    /// <summary>Something may have changed.</summary>
    public void Request() => _requests.Request();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await _requests.WaitAsync(cancellationToken);
            await WriteAsync(cancellationToken);
        }
    }

    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        if (!mandate.Holds || follower.HandedOver is not { } revision)
        {
            return;
        }

        var report = follower.Report;
        var reports = fleet
            .Reports(follower.Url)
            .Select(cluster =>
                cluster with
                {
                    Drifts = [.. cluster.Drifts, .. furtherDrifts(cluster.Cluster)],
                    Findings =
                    [
                        .. report.Findings.Where(finding => finding.Subject == cluster.Cluster).Select(finding => finding.ToString()),
                        .. cluster.Findings,
                    ],
                }
            )
            .ToList();
        if (await FirstSeenAsync(cancellationToken) is not { } seen)
        {
            return;
        }

        reports = seen.Apply(reports);
        var files = StatusFiles.Render(reports, report).AddRange(DriftFiles.Render(reports));
        var changed = reports
            .Where(cluster => IsNew(files, StatusFiles.PathOf(cluster.Cluster)) || IsNew(files, DriftFiles.PathOf(cluster.Cluster, "yaml")))
            .ToList();
        var result = await branch.WriteAsync(
            new()
            {
                Files = files,
                SourceCommit = revision.Revision,
                SourceTime = revision.Time,
                Subject = StatusFiles.Subject(changed),
                Owned = ["status", "drift"],
            },
            cancellationToken
        );
        if (result is StatusWriteResult.Failed failed)
        {
            TellFault(failed.Error.ToString());
            return;
        }

        _fault = null;
        _written = files;
    }

    /// <returns>Null where the branch cannot be read, and so not written either.</returns>
    private async Task<FirstSeen?> FirstSeenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return _firstSeen ??= FirstSeen.In(await branch.ReadAsync("drift", cancellationToken));
        }
        catch (IOException fault)
        {
            TellFault(fault.Message);
            return null;
        }
    }

    private void TellFault(string fault)
    {
        if (fault != _fault)
        {
            _fault = fault;
            LogNotWritten(follower.Name, fault);
        }
    }

    private bool IsNew(ImmutableSortedDictionary<string, string> files, string path) =>
        _written.GetValueOrDefault(path) != files.GetValueOrDefault(path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "repository {Repository}: status not written: {Fault}")]
    private partial void LogNotWritten(string repository, string fault);
}
