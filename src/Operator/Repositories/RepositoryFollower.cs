using System.Collections.Immutable;
using GitOpsOperator.Operator.Admission;
using GitOpsOperator.Operator.Clusters;
using GitOpsOperator.Operator.State;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Specs;
using GitOpsOperator.Sync.Git.Mirror;

namespace GitOpsOperator.Operator.Repositories;

/// <summary>
/// Follows one repository: a pass looks at the remote and, where the revision is new, applies what its documents say to the clusters.
/// Whatever cannot be read changes nothing: the clusters stay as they last were.
/// </summary>
internal sealed partial class RepositoryFollower(
    string name,
    GitMirror mirror,
    DocumentReader reader,
    ClusterSupervisor clusters,
    KnownRepositories known,
    DriftMode mode,
    ReviewedPlans reviewed,
    MaintenanceWindows windows,
    BulkChangeLimit limit,
    Func<CancellationToken, Task<KnownUids>> readUids,
    TimeProvider time,
    ILogger<RepositoryFollower> logger
)
{
    private KnownUids _uids = KnownUids.None;
    private string? _uidsUnread;

    public string Name => name;

    public string Url => mirror.Options.Url;

    /// <summary>What is to be said of the repository.</summary>
    public RepositoryReport Report => known[name].Report;

    public async Task PassAsync(CancellationToken cancellationToken)
    {
        var before = known[name];
        var after = before;
        var poll = await mirror.PollAsync(cancellationToken);
        var error = poll is PollResult.Failed failed ? failed.Error.ToString() : null;
        var revision = mirror.Revision;
        if (revision is not null && (revision != before.Applied?.Revision || _uidsUnread is not null))
        {
            await ReadUidsAsync(cancellationToken);
            (after, var unusable) = await ApplyAsync(before, revision);
            error = unusable ?? error;
        }

        if (error != before.Report.Error)
        {
            LogErrorChanged(name, error ?? "can be followed again");
        }

        clusters.RefreshOrphans(Url);
        known.Set(
            after with
            {
                Report = after.Report with { Revision = revision, Error = error },
                LastPolled = error is null ? time.GetTimestamp() : before.LastPolled,
                IsPolled = true,
            }
        );
    }

    /// <summary>Reads what the repository says now, and applies nothing.</summary>
    /// <exception cref="IOException">It cannot be read; the message says why.</exception>
    public async Task<(
        IReadOnlyList<(ClusterDocument Document, DocumentSource Source)> Documents,
        ImmutableArray<Finding> Findings
    )> LookAsync(CancellationToken cancellationToken)
    {
        if (await mirror.PollAsync(cancellationToken) is PollResult.Failed failed)
        {
            throw new IOException(failed.Error.Message);
        }

        await ReadUidsAsync(cancellationToken);
        return mirror.ReadFiles(mirror.Revision!) switch
        {
            RevisionFiles.Read read => Interpret(mirror.Revision!, read),
            RevisionFiles.PathMissing missing => throw new IOException(missing.Message),
            RevisionFiles.Empty empty => throw new IOException(empty.Message),
            RevisionFiles.TooLarge tooLarge => throw new IOException(tooLarge.Message),
            _ => throw new InvalidOperationException("A kind of reading that is not known here"),
        };
    }

    /// <summary>Without them no cluster is founded, and all else goes on.</summary>
    private async Task ReadUidsAsync(CancellationToken cancellationToken)
    {
        try
        {
            (_uids, _uidsUnread) = (await readUids(cancellationToken), null);
        }
        catch (IOException e)
        {
            LogStatusUnread(name, e.Message);
            _uidsUnread = e.Message;
        }
    }

    private (IReadOnlyList<(ClusterDocument Document, DocumentSource Source)> Documents, ImmutableArray<Finding> Findings) Interpret(
        string revision,
        RevisionFiles.Read read
    )
    {
        var state = reader.Read(read.Files);
        var commits = mirror.LastCommitsThatChanged(revision, state.Documents.Select(document => document.Location.Path).Distinct());
        return (
            [
                .. state.Documents.Select(document =>
                    (
                        document,
                        new DocumentSource(Url, commits.GetValueOrDefault(document.Location.Path, revision), mode)
                        {
                            Reviewed = reviewed.Of(document),
                            KnownUid = _uids.Of(document.Key),
                            UidUnread = _uidsUnread,
                            Note = windows.State(document.Key)?.Reason,
                        }
                    )
                ),
            ],
            read.Findings.AddRange(state.Findings)
        );
    }

    /// <returns>What is known after it, and why the revision's documents cannot be applied at all; null where they were.</returns>
    private async Task<(KnownRepository After, string? Error)> ApplyAsync(KnownRepository before, string revision) =>
        mirror.ReadFiles(revision) switch
        {
            RevisionFiles.PathMissing missing => (before, missing.Message),
            RevisionFiles.Empty empty => (before with { Report = before.Report with { Findings = empty.Findings } }, empty.Message),
            RevisionFiles.TooLarge tooLarge => (before, tooLarge.Message),
            RevisionFiles.Read read => (await ApplyAsync(before, revision, read), null),
            _ => throw new InvalidOperationException("A kind of reading that is not known here"),
        };

    private async Task<KnownRepository> ApplyAsync(KnownRepository before, string revision, RevisionFiles.Read read)
    {
        var (documents, findings) = Interpret(revision, read);
        var changed = documents.Select(entry => entry.Document).Where(clusters.IsChange).ToList();
        var denied = limit.Check(changed);
        foreach (var (document, source) in documents)
        {
            if (denied is not null && changed.Contains(document))
            {
                findings = findings.Add(new(FindingSeverity.Error, document.Location, "", denied, BulkChangeLimit.Rule.Id, document.Key));
                clusters.KeepAccepted(document.Key, Url);
                continue;
            }

            if (!clusters.Desire(document, source))
            {
                findings = findings.Add(
                    new(
                        FindingSeverity.Error,
                        document.Location,
                        "metadata.name",
                        $"{document.Key} is defined by another repository already; define it in one only",
                        "cluster-in-two-repositories",
                        document.Key
                    )
                );
            }
        }

        var broken = findings
            .Where(finding => finding.Severity == FindingSeverity.Error)
            .Select(finding => finding.Subject)
            .OfType<ClusterKey>()
            .ToHashSet();
        var named = documents.Select(entry => entry.Document.Key).ToHashSet();
        broken.ExceptWith(named);
        foreach (var cluster in broken)
        {
            clusters.KeepAccepted(cluster, Url);
        }

        // What could not be read may define clusters that are not named above; none may be released because of it.
        if (read.Refused.IsEmpty && !findings.Any(finding => finding.Severity == FindingSeverity.Error && finding.Subject is null))
        {
            await clusters.ReleaseOthersAsync(Url, named.Concat(broken).ToHashSet());
        }

        LogHandedOver(name, revision, documents.Count, findings.Length);
        return before with { Report = before.Report with { Findings = findings }, Applied = mirror.Describe(revision) };
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "repository {Repository}: revision {Revision}: {Documents} clusters, {Findings} findings"
    )]
    private partial void LogHandedOver(string repository, string revision, int documents, int findings);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "repository {Repository}: no cluster is founded, as its status cannot be read: {Error}"
    )]
    private partial void LogStatusUnread(string repository, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "repository {Repository}: {Error}")]
    private partial void LogErrorChanged(string repository, string error);
}
