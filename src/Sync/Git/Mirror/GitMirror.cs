using System.Collections.Immutable;
using GitOpsOperator.Sync.Git.Network;
using LibGit2Sharp;

namespace GitOpsOperator.Sync.Git.Mirror;

/// <summary>
/// A bare copy of one repository: follows one ref of the remote, and reads documents straight from the object database,
/// without ever writing a work tree. Methods may be called from any thread; polls wait for each other, reads for nobody.
/// </summary>
public sealed partial class GitMirror : IDisposable
{
    /// <summary>What the remote ref pointed to when it was last fetched.</summary>
    private const string FetchedRef = "refs/gitops/fetched";

    /// <summary>The commit that was last reported as <see cref="PollResult.Advanced"/>. Differs from the fetched one while a rewrite is
    /// refused.</summary>
    private const string AcceptedRef = "refs/gitops/accepted";

    private readonly BareRepository _repository;
    private readonly LastChanges _lastChanges;

    private GitMirror(BareRepository repository)
    {
        _repository = repository;
        _lastChanges = new(repository.Options.Limits.MaxHistoryCommits);
    }

    public RepositoryOptions Options => _repository.Options;

    /// <summary>The revision accepted last, also by an earlier process on the same folder.</summary>
    public string? Revision
    {
        get
        {
            using var repository = _repository.OpenHandle();
            return repository.Refs[AcceptedRef]?.TargetIdentifier;
        }
    }

    /// <param name="directory">Made if missing; used by this mirror alone.</param>
    /// <exception cref="ArgumentException">The options are not usable.</exception>
    /// <exception cref="IOException">The folder is not usable.</exception>
    public static GitMirror Open(string directory, RepositoryOptions options, GitNetwork network) =>
        new(BareRepository.Open(directory, options, network, options.Ref));

    public async Task<PollResult> PollAsync(CancellationToken cancellationToken)
    {
        using var held = await _repository.LockAsync(cancellationToken);
        var configured = Options.Ref;
        if (RefSelector.IsCommit(configured) && Accepted() == configured)
        {
            // A commit never becomes another one: nothing to ask.
            return new PollResult.Unchanged(configured);
        }

        var reply = await _repository.CallAsync(
            new()
            {
                Operation = GitNetworkOperation.Fetch,
                RemoteRefs = RefSelector.IsCommit(configured) ? [] : RefSelector.Candidates(configured),
                LocalRef = FetchedRef,
                MaxBytes = Options.Limits.MaxFetchBytes,
            },
            cancellationToken
        );
        return reply.Error is { } kind
            ? new PollResult.Failed(SyncErrors.Reading(kind, reply.Message, Options))
            : Evaluate(RefSelector.IsCommit(configured) ? configured : reply.RemoteId, reply.RemoteRef);
    }

    /// <summary>The YAML files under the configured path at a revision that was reported.</summary>
    /// <exception cref="IOException">The revision is not there, or the copy on disk is damaged.</exception>
    public RevisionFiles ReadFiles(string revision) =>
        _repository.Read(repository =>
            new TreeReader(repository, Options.Limits).Read(Find(repository, revision).Tree, $"revision {revision[..12]}", Options.Path)
        );

    /// <exception cref="IOException">The revision is not there, or the copy on disk is damaged.</exception>
    public RevisionInfo Describe(string revision) =>
        _repository.Read(repository =>
        {
            var commit = Find(repository, revision);
            return new RevisionInfo(commit.Sha, commit.Committer.When, commit.Author.Name, commit.MessageShort);
        });

    /// <summary>
    /// For each path the commit that gave it the content it has at this revision. A path is left out where it does not exist,
    /// or where the history read ended before the answer.
    /// </summary>
    /// <exception cref="IOException">The revision is not there, or the copy on disk is damaged.</exception>
    public ImmutableDictionary<string, string> LastCommitsThatChanged(string revision, IEnumerable<string> paths) =>
        _repository.Read(repository => _lastChanges.Find(Find(repository, revision), paths));

    public void Dispose() => _repository.Dispose();

    private string? Accepted()
    {
        using var repository = _repository.OpenHandle();
        return repository.Refs[AcceptedRef]?.TargetIdentifier;
    }

    private PollResult Evaluate(string fetched, string remoteRef)
    {
        using var repository = _repository.OpenHandle();
        if (repository.Lookup(fetched)?.Peel<Commit>() is not { } commit)
        {
            return new PollResult.Failed(SyncErrors.Reading(SyncErrorKind.RefMissing, "", Options));
        }

        var accepted = repository.Refs[AcceptedRef]?.TargetIdentifier is { } id ? repository.Lookup<Commit>(id) : null;
        if (accepted?.Id == commit.Id)
        {
            return new PollResult.Unchanged(commit.Sha);
        }

        // Tags and commits are named by people who mean just that one; only a branch promises to go forward.
        var rewritten =
            accepted is not null
            && remoteRef.StartsWith("refs/heads/", StringComparison.Ordinal)
            && repository.ObjectDatabase.FindMergeBase(accepted, commit)?.Id != accepted.Id;
        if (rewritten && !Options.AllowRewrite)
        {
            return new PollResult.Failed(SyncErrors.Rewritten(Options, accepted!.Sha, commit.Sha));
        }

        repository.Refs.Add(AcceptedRef, commit.Id, allowOverwrite: true);
        return new PollResult.Advanced(accepted?.Sha, commit.Sha, rewritten);
    }

    private static Commit Find(Repository repository, string revision) =>
        repository.Lookup<Commit>(revision)
        ?? throw new IOException(
            $"Revision {revision} is not in the mirror {repository.Info.Path}. If it was reported before, the copy is damaged: "
                + "stop the operator, "
                + "delete the folder, and it is fetched again."
        );
}
