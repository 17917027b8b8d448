using GitOpsOperator.Sync.Mirror;
using GitOpsOperator.Sync.Network;

namespace GitOpsOperator.Sync.Status;

/// <summary>
/// The orphan branch <c>gitops-status/OPERATOR-ID</c> on which one operator tells what it sees and does: nothing is ever
/// decided from it. In a folder of its own, so that a push that hangs never holds up a poll.
/// </summary>
public sealed class StatusBranch : IDisposable
{
    private const string FetchedRef = "refs/gitops/fetched";
    private const int MostTries = 5;

    // Far beyond what we write ourselves; whoever may push may have put anything there.
    private const int DeepestRead = 4;
    private const int MostRead = 10_000;
    private const long LargestRead = 1024 * 1024;

    /// <summary>For how long the branch is believed to be as we left it, without asking.</summary>
    private static readonly TimeSpan BelievedFor = TimeSpan.FromMinutes(10);

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

    private bool IsFresh => _lastSeen is { } seen && _time.GetElapsedTime(seen) < BelievedFor;

    /// <param name="directory">Made if missing; used by this branch alone, not by the mirror.</param>
    /// <param name="options">Where to push; may hold other credentials than the mirror's.</param>
    /// <param name="random">Spreads the tries of writers that collide.</param>
    /// <exception cref="ArgumentException">The options or the id are not usable.</exception>
    /// <exception cref="IOException">The folder is not usable.</exception>
    public static StatusBranch Open(
        string directory, RepositoryOptions options, GitNetwork network, string operatorId, TimeProvider? time = null, Random? random = null)
    {
        var name = $"gitops-status/{operatorId}";
        if (operatorId.Contains('/') || !RefSelector.IsUsable(name))
        {
            throw new ArgumentException($"The operator id '{Redaction.Printable(operatorId)}' cannot be part of a branch's name; use letters, digits and dashes.", nameof(operatorId));
        }

        if (RefSelector.Candidates(options.Ref).Contains($"refs/heads/{name}"))
        {
            throw new ArgumentException($"The watched branch {options.Ref} is the one that the status is written to; watch another.", nameof(options));
        }

        return new(BareRepository.Open(directory, options, network, name), name, time ?? TimeProvider.System, random ?? Random.Shared);
    }

    /// <summary>The files of one folder of the branch, content by path; none where there is no branch yet. Too large ones are left out.</summary>
    /// <exception cref="IOException">The branch cannot be asked for; the message says why.</exception>
    public async Task<IReadOnlyDictionary<string, string>> ReadAsync(string folder, CancellationToken ct)
    {
        using var turn = await _repository.EnterAsync(ct).ConfigureAwait(false);
        if (!IsFresh && await FetchAsync(ct).ConfigureAwait(false) is { } unread)
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

    public async Task<StatusWriteResult> WriteAsync(StatusCommit status, CancellationToken ct)
    {
        status.ThrowIfUnusable();
        using var turn = await _repository.EnterAsync(ct).ConfigureAwait(false);
        for (var tries = 1; ; tries++)
        {
            if (!IsFresh && await FetchAsync(ct).ConfigureAwait(false) is { } unread)
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
            var reply = await PushAsync(commit, ct).ConfigureAwait(false);
            if (reply.Fault is { } fault)
            {
                return Failed(fault, reply.Message);
            }

            if (!reply.Rejected)
            {
                SetFetched(commit);
                _lastSeen = _time.GetTimestamp();
                return new StatusWriteResult.Written(commit, tries);
            }

            if (await FetchAsync(ct).ConfigureAwait(false) is { } gone)
            {
                return new StatusWriteResult.Failed(gone);
            }

            if (Fetched() == parent)
            {
                // Nobody else wrote: it is not a race, the server does not want the commit.
                return Failed(SyncFaultKind.Refused, reply.Message);
            }

            if (tries == MostTries)
            {
                return Failed(SyncFaultKind.Contended, $"{MostTries} tries; {reply.Message}");
            }

            await Task.Delay(FirstPause * (_random.NextDouble() * (1 << (tries - 1))), _time, ct).ConfigureAwait(false);
        }
    }

    public void Dispose() => _repository.Dispose();

    private StatusWriteResult.Failed Failed(SyncFaultKind kind, string reason) =>
        new(SyncFaults.Writing(kind, reason, _repository.Options, Name));

    /// <summary>Brings the tip here, or learns that there is none. Returns the fault or null.</summary>
    private async Task<SyncFault?> FetchAsync(CancellationToken ct)
    {
        var reply = await _repository.CallAsync(
            new()
            {
                Operation = GitNetworkOperation.Fetch,
                RemoteRefs = [RemoteRef],
                LocalRef = FetchedRef,
                MaxBytes = _repository.Options.Limits.MaxFetchBytes,
            },
            ct).ConfigureAwait(false);
        switch (reply.Fault)
        {
            case null:
                break;
            case SyncFaultKind.RefMissing:
                using (var repository = _repository.OpenHandle())
                {
                    repository.Refs.Remove(FetchedRef);
                }

                break;
            case { } fault:
                return SyncFaults.Writing(fault, reply.Message, _repository.Options, Name);
        }

        _lastSeen = _time.GetTimestamp();
        return null;
    }

    private Task<GitNetworkReply> PushAsync(string commit, CancellationToken ct) => _repository.CallAsync(
        new()
        {
            Operation = GitNetworkOperation.Push,
            RemoteRefs = [RemoteRef],
            Commit = commit,
            ReadBack = RepositoryUrl.IsLocal(_repository.Options.Url),
        },
        ct);

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
            case LibGit2Sharp.Tree tree when entry.Path.Count(letter => letter == '/') < DeepestRead:
                foreach (var child in tree.TakeWhile(_ => files.Count < MostRead))
                {
                    Collect(child, files);
                }

                break;
            case LibGit2Sharp.Blob { IsBinary: false, Size: <= LargestRead } blob when entry.Mode == LibGit2Sharp.Mode.NonExecutableFile:
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
