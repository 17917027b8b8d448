using System.Collections.Immutable;
using GitOpsOperator.Operator.Admission;
using GitOpsOperator.Operator.Clusters;
using GitOpsOperator.Operator.PullRequests;
using GitOpsOperator.Operator.Status;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Specs;
using GitOpsOperator.Sync.Git.Mirror;

namespace GitOpsOperator.Operator.Repositories;

/// <summary>
/// Follows one repository: a pass looks at the remote and, where the revision is new, hands what its documents say to the fleet.
/// Whatever cannot be read changes nothing: the clusters stay as they last were.
/// </summary>
internal sealed partial class RepositoryFollower(
    string name,
    GitMirror mirror,
    DocumentReader reader,
    Fleet fleet,
    DriftMode mode,
    ReviewedPlans reviewed,
    MaintenanceWindows windows,
    ChangeBrake brake,
    TimeProvider time,
    ILogger<RepositoryFollower> logger
)
{
    private RevisionInfo? _handedOver;

    public string Name => name;

    public string Url => mirror.Options.Url;

    /// <summary>What is to be said of the repository; replaced as a whole at each pass.</summary>
    public RepositoryReport Report { get; private set; } = new(name, null, null, []);

    /// <summary>The revision whose documents the fleet follows; null before the first was read.</summary>
    public RevisionInfo? HandedOver => _handedOver;

    /// <summary>A pass has ended, with a fault or without.</summary>
    public bool LookedAt { get; private set; }

    /// <summary>Monotonic time (<see cref="TimeProvider.GetTimestamp"/>) at which a pass last ended without a fault; null before the first.</summary>
    public long? LastInStep { get; private set; }

    public async Task PassAsync(CancellationToken cancellationToken)
    {
        var poll = await mirror.PollAsync(cancellationToken);
        var fault = poll is PollResult.Failed failed ? failed.Error.ToString() : null;
        var revision = mirror.Revision;
        if (revision is not null && revision != _handedOver?.Revision)
        {
            fault = await HandOverAsync(revision) ?? fault;
        }

        if (fault != Report.Fault)
        {
            LogFaultChanged(name, fault ?? "can be followed again");
        }

        Report = Report with { Revision = revision, Fault = fault };
        LastInStep = fault is null ? time.GetTimestamp() : LastInStep;
        LookedAt = true;
    }

    /// <summary>Reads what the repository says now, and hands nothing over.</summary>
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

        return mirror.ReadFiles(mirror.Revision!) switch
        {
            RevisionFiles.Read read => Interpret(mirror.Revision!, read),
            RevisionFiles.PathMissing missing => throw new IOException(missing.Message),
            RevisionFiles.Empty empty => throw new IOException(empty.Message),
            RevisionFiles.TooLarge tooLarge => throw new IOException(tooLarge.Message),
            _ => throw new InvalidOperationException("A kind of reading that is not known here"),
        };
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
                            Note = windows.State(document.Key)?.Reason,
                        }
                    )
                ),
            ],
            read.Findings.AddRange(state.Findings)
        );
    }

    /// <returns>Why the revision's documents cannot be taken at all; null where they were.</returns>
    private async Task<string?> HandOverAsync(string revision)
    {
        switch (mirror.ReadFiles(revision))
        {
            case RevisionFiles.PathMissing missing:
                return missing.Message;
            case RevisionFiles.Empty empty:
                Report = Report with { Findings = empty.Findings };
                return empty.Message;
            case RevisionFiles.TooLarge tooLarge:
                return tooLarge.Message;
            case RevisionFiles.Read read:
                await HandOverAsync(revision, read);
                return null;
            default:
                throw new InvalidOperationException("A kind of reading that is not known here");
        }
    }

    private async Task HandOverAsync(string revision, RevisionFiles.Read read)
    {
        var (documents, findings) = Interpret(revision, read);
        var changed = documents.Select(entry => entry.Document).Where(fleet.IsChange).ToList();
        var brakes = brake.Holds(changed);
        foreach (var (document, source) in documents)
        {
            if (brakes is not null && changed.Contains(document))
            {
                findings = findings.Add(new(FindingSeverity.Error, document.Location, "", brakes, ChangeBrake.Rule.Id, document.Key));
                fleet.KeepAccepted(document.Key, Url);
                continue;
            }

            if (!fleet.Desire(document, source))
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
            fleet.KeepAccepted(cluster, Url);
        }

        // What could not be read may define clusters that are not named above; none may be let go because of it.
        if (read.Refused.IsEmpty && !findings.Any(finding => finding.Severity == FindingSeverity.Error && finding.Subject is null))
        {
            await fleet.ReleaseOthersAsync(Url, named.Concat(broken).ToHashSet());
        }

        Report = Report with { Findings = findings };
        LogHandedOver(name, revision, documents.Count, findings.Length);
        _handedOver = mirror.Describe(revision);
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "repository {Repository}: revision {Revision}: {Documents} clusters, {Findings} findings"
    )]
    private partial void LogHandedOver(string repository, string revision, int documents, int findings);

    [LoggerMessage(Level = LogLevel.Warning, Message = "repository {Repository}: {Fault}")]
    private partial void LogFaultChanged(string repository, string fault);
}
