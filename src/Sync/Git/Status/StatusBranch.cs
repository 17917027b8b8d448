using GitOpsOperator.Sync.Git.Mirror;
using GitOpsOperator.Sync.Git.Network;

namespace GitOpsOperator.Sync.Git.Status;

/// <summary>
/// The orphan branch <c>gitops-status/OPERATOR-ID</c> on which one operator reports what it sees and does. Of a
/// cluster that is there nothing is decided from it. In a folder of its own, so that a push that hangs never holds up a poll.
/// </summary>
public sealed class StatusBranch : IDisposable
{
    private const string FetchedRef = "refs/gitops/fetched";
    private const int MaxTries = 5;

    // Far beyond what we write ourselves; whoever may push may have put anything there.
    private const int MaxDepth = 4;
    private const int MaxFiles = 10_000;
    private const long MaxFileBytes = 1024 * 1024;

    /// <summary>For how long the branch is taken to be as we left it, without asking.</summary>
    private static readonly TimeSpan CacheTtl = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    private readonly BareRepository _repository;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private long? _lastSeen;

    private StatusBranch(BareRepository repository, string name, TimeProvider time, Random random)
    {
        _repository = repository;
        Name = name;
        _time = time;
        _random = random;
    }

    /// <summary>Without <c>refs/heads/</c>.</summary>
    public string Name { get; }

    private string RemoteRef => $"refs/heads/{Name}";

    private bool IsCached => _lastSeen is { } seen && _time.GetElapsedTime(seen) < CacheTtl;

    /// <param name="directory">Made if missing; used by this branch alone, not by the mirror.</param>
    /// <param name="options">Where to push; may hold other credentials than the mirror's.</param>
    /// <param name="random">Spreads the tries of writers that collide.</param>
    /// <exception cref="ArgumentException">The options or the id are not usable.</exception>
    /// <exception cref="IOException">The folder is not usable.</exception>
    public static StatusBranch Open(
        string directory,
        RepositoryOptions options,
        GitNetwork network,
        string operatorId,
        TimeProvider? time = null,
        Random? random = null
    )
    {
        var name = $"gitops-status/{operatorId}";
        if (operatorId.Contains('/') || !RefSelector.IsUsable(name))
        {
            throw new ArgumentException(
                $"The operator id '{Redaction.Printable(operatorId)}' cannot be part of a branch's name; use letters, digits and dashes.",
                nameof(operatorId)
            );
        }

        if (RefSelector.Candidates(options.Ref).Contains($"refs/heads/{name}"))
        {
            throw new ArgumentException(
                $"The watched branch {options.Ref} is the one that the status is written to; watch another.",
                nameof(options)
            );
        }

        return new(BareRepository.Open(directory, options, network, name), name, time ?? TimeProvider.System, random ?? Random.Shared);
    }

    /// <summary>The files of one folder of the branch, content by path; none where there is no branch yet. Too large ones are left
    /// out.</summary>
    /// <exception cref="IOException">The branch cannot be asked for; the message says why.</exception>
    public async Task<IReadOnlyDictionary<string, string>> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        using var held = await _repository.LockAsync(cancellationToken);
        if (!IsCached && await FetchAsync(cancellationToken) is { } unread)
        {
            throw new IOException(unread.ToString());
        }

        return _repository.Read(repository =>
        {
            var files = new Dictionary<string, string>(StringComparer.Ordinal);
            var tip = repository.Refs[FetchedRef]?.ResolveToDirectReference().Target.Peel<LibGit2Sharp.Commit>();
            Collect(tip?[folder], files);
            return files;
        });
    }

    public async Task<StatusWriteResult> WriteAsync(StatusCommit status, CancellationToken cancellationToken)
    {
        status.ThrowIfUnusable();
        using var held = await _repository.LockAsync(cancellationToken);
        for (var tries = 1; ; tries++)
        {
            if (!IsCached && await FetchAsync(cancellationToken) is { } unread)
            {
                return new StatusWriteResult.Failed(unread);
            }

            var (parent, commit) = Build(status);
            if (commit is null)
            {
                return new StatusWriteResult.Unchanged();
            }

            // Whatever comes of it, the branch is known again only once the answer is: a push that timed out may have arrived.
            _lastSeen = null;
            var reply = await PushAsync(commit, cancellationToken);
            if (reply.Error is { } error)
            {
                return Failed(error, reply.Message);
            }

            if (!reply.Rejected)
            {
                SetFetched(commit);
                _lastSeen = _time.GetTimestamp();
                return new StatusWriteResult.Written(commit, tries);
            }

            if (await FetchAsync(cancellationToken) is { } gone)
            {
                return new StatusWriteResult.Failed(gone);
            }

            if (Fetched() == parent)
            {
                // Nobody else wrote: it is not a race, the server does not want the commit.
                return Failed(SyncErrorKind.Refused, reply.Message);
            }

            if (tries == MaxTries)
            {
                return Failed(SyncErrorKind.Contended, $"{MaxTries} tries; {reply.Message}");
            }

            await Task.Delay(FirstPause * (_random.NextDouble() * (1 << (tries - 1))), _time, cancellationToken);
        }
    }

    public void Dispose() => _repository.Dispose();

    private StatusWriteResult.Failed Failed(SyncErrorKind kind, string reason) =>
        new(SyncErrors.Writing(kind, reason, _repository.Options, Name));

    /// <summary>Brings the tip here, or learns that there is none. Returns the error or null.</summary>
    private async Task<SyncError?> FetchAsync(CancellationToken cancellationToken)
    {
        var reply = await _repository.CallAsync(
            new()
            {
                Operation = GitNetworkOperation.Fetch,
                RemoteRefs = [RemoteRef],
                LocalRef = FetchedRef,
                MaxBytes = _repository.Options.Limits.MaxFetchBytes,
            },
            cancellationToken
        );
        switch (reply.Error)
        {
            case null:
                break;
            case SyncErrorKind.RefMissing:
                using (var repository = _repository.OpenHandle())
                {
                    repository.Refs.Remove(FetchedRef);
                }

                break;
            case { } error:
                return SyncErrors.Writing(error, reply.Message, _repository.Options, Name);
        }

        _lastSeen = _time.GetTimestamp();
        return null;
    }

    private Task<GitNetworkReply> PushAsync(string commit, CancellationToken cancellationToken) =>
        _repository.CallAsync(
            new()
            {
                Operation = GitNetworkOperation.Push,
                RemoteRefs = [RemoteRef],
                Commit = commit,
                ReadBack = RepositoryUrl.IsLocal(_repository.Options.Url),
            },
            cancellationToken
        );

    private (string? Parent, string? Commit) Build(StatusCommit status)
    {
        using var repository = _repository.OpenHandle();
        var tip = repository.Refs[FetchedRef]?.ResolveToDirectReference().Target.Peel<LibGit2Sharp.Commit>();
        return (tip?.Sha, StatusCommitBuilder.Build(repository, tip, status)?.Sha);
    }

    private static void Collect(LibGit2Sharp.TreeEntry? entry, Dictionary<string, string> files)
    {
        switch (entry?.Target)
        {
            case LibGit2Sharp.Tree tree when entry.Path.Count(letter => letter == '/') < MaxDepth:
                foreach (var child in tree.TakeWhile(_ => files.Count < MaxFiles))
                {
                    Collect(child, files);
                }

                break;
            case LibGit2Sharp.Blob { IsBinary: false, Size: <= MaxFileBytes } blob when entry.Mode == LibGit2Sharp.Mode.NonExecutableFile:
                files[entry.Path.Replace('\\', '/')] = blob.GetContentText();
                break;
        }
    }

    private string? Fetched()
    {
        using var repository = _repository.OpenHandle();
        return repository.Refs[FetchedRef]?.TargetIdentifier;
    }

    private void SetFetched(string commit)
    {
        using var repository = _repository.OpenHandle();
        repository.Refs.Add(FetchedRef, new LibGit2Sharp.ObjectId(commit), allowOverwrite: true);
    }
}
