using System.Collections.Immutable;
using GitOpsOperator.Operator.State;
using GitOpsOperator.Sync.Git.Status;
using Branch = GitOpsOperator.Sync.Git.Status.StatusBranch;

namespace GitOpsOperator.Operator.Outputs.StatusBranch;

/// <summary>
/// Writes one repository's status branch: waits for news, then for the window to pass so that changes close together are one commit. The
/// commit has all files of the repository; only those of clusters that there is news of are rendered for it.
/// </summary>
internal sealed partial class StatusBranchWriter
{
    private readonly string _repository;
    private readonly OperatorState _state;
    private readonly StatusTree _tree;
    private readonly Branch _branch;
    private readonly ILogger _logger;
    private readonly ClusterDebouncer _debouncer;
    private ImmutableSortedDictionary<string, string> _written = ImmutableSortedDictionary<string, string>.Empty;
    private FirstSeen? _firstSeen;
    private string? _error;

    /// <param name="repository">Its name in the configuration.</param>
    public StatusBranchWriter(
        string repository,
        OperatorState state,
        StatusTree tree,
        Branch branch,
        TimeSpan window,
        TimeProvider time,
        ILogger<StatusBranchWriter> logger
    )
    {
        (_repository, _state, _tree, _branch, _logger) = (repository, state, tree, branch, logger);
        _debouncer = new(window, time);
        state.Clusters.Changed += Notify;
        state.Repositories.Polled += polled =>
        {
            // Whether anything is new or not: the branch may have been changed by somebody.
            if (polled == repository)
            {
                _debouncer.Notify();
            }
        };
    }

    /// <summary>What is said of a cluster may have changed.</summary>
    public void Notify(ClusterNews news)
    {
        if (news.Repository == _state.Repositories[_repository].Url)
        {
            _debouncer.Notify(news.Cluster);
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await _debouncer.WaitAsync(cancellationToken);
            await WriteAsync(cancellationToken);
        }
    }

    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        var repository = _state.Repositories[_repository];
        if (!_state.Leadership.Holds || repository.Applied is not { } revision || await FirstSeenAsync(cancellationToken) is not { } seen)
        {
            return;
        }

        _tree.Update(_debouncer.Take().Clusters, repository.Report.Findings, seen);
        var files = _tree.Files(repository.Report);
        var changed = _tree
            .Clusters.Select(cluster => cluster.Report)
            .Where(report => IsNew(files, StatusFiles.PathOf(report.Cluster)) || IsNew(files, DriftFiles.PathOf(report.Cluster, "yaml")))
            .ToList();
        var result = await _branch.WriteAsync(
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
            ReportError(failed.Error.ToString());
            return;
        }

        _error = null;
        _written = files;
    }

    /// <returns>Null where the branch cannot be read, and so not written either.</returns>
    private async Task<FirstSeen?> FirstSeenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return _firstSeen ??= FirstSeen.In(await _branch.ReadAsync("drift", cancellationToken));
        }
        catch (IOException error)
        {
            ReportError(error.Message);
            return null;
        }
    }

    private void ReportError(string error)
    {
        if (error != _error)
        {
            _error = error;
            LogNotWritten(_repository, error);
        }
    }

    private bool IsNew(ImmutableSortedDictionary<string, string> files, string path) =>
        _written.GetValueOrDefault(path) != files.GetValueOrDefault(path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "repository {Repository}: status not written: {Error}")]
    private partial void LogNotWritten(string repository, string error);
}
