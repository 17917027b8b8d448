using GitOpsOperator.Sync.Git.Network;
using LibGit2Sharp;

namespace GitOpsOperator.Sync.Git.Mirror;

/// <summary>What others propose to merge: fetched and merged in the object database alone. No work tree, no hook, no merge driver
/// runs.</summary>
public sealed partial class GitMirror
{
    private const string ProposalsRef = "refs/gitops/proposals/";

    /// <summary>Fetches one ref of the remote into the mirror, beside what is followed and without touching it.</summary>
    /// <param name="name">Under which it is kept, such as a pull request's number.</param>
    /// <returns>The commit it points to, or why it cannot be had.</returns>
    public async Task<(string? Commit, SyncError? Error)> FetchProposalAsync(
        string remoteRef,
        string name,
        CancellationToken cancellationToken
    )
    {
        if (!RefSelector.IsUsable(remoteRef) || RefSelector.IsCommit(remoteRef))
        {
            return (
                null,
                new(
                    SyncErrorKind.RefMissing,
                    $"'{Redaction.Printable(remoteRef)}' is no name of a branch, tag or ref; give one such as refs/heads/feature."
                )
            );
        }

        using var held = await _repository.LockAsync(cancellationToken);
        var reply = await _repository.CallAsync(
            new()
            {
                Operation = GitNetworkOperation.Fetch,
                RemoteRefs = RefSelector.Candidates(remoteRef),
                LocalRef = ProposalsRef + name,
                MaxBytes = Options.Limits.MaxFetchBytes,
            },
            cancellationToken
        );
        if (reply.Error is { } kind)
        {
            return (null, SyncErrors.Reading(kind, reply.Message, Options with { Ref = remoteRef }));
        }

        return _repository.Read(repository =>
            repository.Lookup(reply.RemoteId)?.Peel<Commit>() is { } commit
                ? (commit.Sha, (SyncError?)null)
                : (null, SyncErrors.Reading(SyncErrorKind.RefMissing, "", Options with { Ref = remoteRef }))
        );
    }

    /// <summary>Removes a proposal, so that its objects need not be kept.</summary>
    public async Task RemoveProposalAsync(string name, CancellationToken cancellationToken)
    {
        using var held = await _repository.LockAsync(cancellationToken);
        _repository.Read(repository =>
        {
            if (repository.Refs[ProposalsRef + name] is { } reference)
            {
                repository.Refs.Remove(reference);
            }

            return 0;
        });
    }

    /// <summary>Merges two commits that are in the mirror, in memory, as a forge would.</summary>
    /// <exception cref="IOException">A commit is not there, or the copy on disk is damaged.</exception>
    public MergeOutcome Merge(string into, string proposed) =>
        _repository.Read<MergeOutcome>(repository =>
        {
            var (ours, theirs) = (Find(repository, into), Find(repository, proposed));
            if (repository.ObjectDatabase.FindMergeBase(ours, theirs) is not { } parent)
            {
                return new MergeOutcome.Unrelated();
            }

            if (parent.Id == theirs.Id)
            {
                return new MergeOutcome.Merged(ours.Tree.Sha);
            }

            if (parent.Id == ours.Id)
            {
                return new MergeOutcome.Merged(theirs.Tree.Sha);
            }

            if (new MergeCost(repository, Options.Limits).Excess(parent.Tree, theirs.Tree) is { } excess)
            {
                return new MergeOutcome.TooLarge($"The proposal {excess}. It is not merged.");
            }

            var result = repository.ObjectDatabase.MergeCommits(ours, theirs, new MergeTreeOptions());
            return result.Status == MergeTreeStatus.Succeeded
                ? new MergeOutcome.Merged(result.Tree.Sha)
                : new MergeOutcome.Conflict([
                    .. result
                        .Conflicts.Select(conflict => (conflict.Ours ?? conflict.Theirs ?? conflict.Ancestor).Path)
                        .Distinct(StringComparer.Ordinal)
                        .Order(StringComparer.Ordinal)
                        .Select(Redaction.Printable),
                ]);
        });

    /// <summary>As <see cref="ReadFiles"/>, of the tree that a merge gave.</summary>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="IOException">The tree is not there, or the copy on disk is damaged.</exception>
    public RevisionFiles ReadTree(string tree, string name) =>
        _repository.Read(repository =>
            new TreeReader(repository, Options.Limits).Read(
                repository.Lookup<Tree>(tree) ?? throw new IOException($"The tree {tree} is not in the mirror {repository.Info.Path}."),
                name,
                Options.Path
            )
        );

    /// <summary>What a commit was made on top of, a merge on top of its target; null where the mirror has not got it, or it is the
    /// first.</summary>
    public string? ParentOf(string commit) =>
        _repository.Read(repository => repository.Lookup<Commit>(commit)?.Parents.FirstOrDefault()?.Sha);

    /// <summary>Whether a revision descends from a commit, or is it; false where the mirror has not got the commit.</summary>
    public bool Contains(string revision, string commit) =>
        _repository.Read(repository =>
            repository.Lookup<Commit>(commit) is { } earlier
            && repository.ObjectDatabase.FindMergeBase(Find(repository, revision), earlier)?.Id == earlier.Id
        );
}
