using GitOpsOperator.Sync.Git.Network;
using LibGit2Sharp;

namespace GitOpsOperator.Sync.Git.Mirror;

/// <summary>
/// A bare repository on disk that one object of one process uses. Handles are opened per call and never shared between
/// threads; whatever moves refs or talks to the remote takes <see cref="LockAsync"/> first.
/// </summary>
internal sealed class BareRepository : IDisposable
{
    private const string LockFile = "gitops-operator.lock";
    private const string SourceKey = "gitops-operator.source";

    private readonly string _directory;
    private readonly RepositoryOptions _options;
    private readonly GitNetwork _network;
    private readonly FileStream _exclusive;
    private readonly SemaphoreSlim _lock = new(1, 1);

    private BareRepository(string directory, RepositoryOptions options, GitNetwork network, FileStream exclusive)
    {
        _directory = directory;
        _options = options;
        _network = network;
        _exclusive = exclusive;
    }

    public RepositoryOptions Options => _options;

    /// <param name="purpose">What the refs in it depend on; when it differs from last time they are dropped.</param>
    public static BareRepository Open(string directory, RepositoryOptions options, GitNetwork network, string purpose)
    {
        if (options.Validate() is { Count: > 0 } errors)
        {
            throw new ArgumentException($"The repository cannot be used: {string.Join("; ", errors)}.", nameof(options));
        }

        LibGit2.Isolate();
        Directory.CreateDirectory(directory);
        var exclusive = TakeLock(directory);
        try
        {
            RemoveLeftovers(directory);
            Prepare(directory, options.Url, purpose);
            return new(directory, options, network, exclusive);
        }
        catch (LibGit2SharpException e)
        {
            exclusive.Dispose();
            throw Damaged(directory, e);
        }
        catch
        {
            exclusive.Dispose();
            throw;
        }
    }

    /// <summary>A handle for one call on one thread.</summary>
    public Repository OpenHandle() => new(_directory);

    /// <summary>Reads with a handle of its own. Objects never change once written, so this waits for nobody.</summary>
    public T Read<T>(Func<Repository, T> read)
    {
        try
        {
            using var repository = OpenHandle();
            return read(repository);
        }
        catch (LibGit2SharpException e)
        {
            throw Damaged(_directory, e);
        }
    }

    public async Task<Held> LockAsync(CancellationToken cancellationToken)
    {
        await _lock.WaitAsync(cancellationToken);
        return new(_lock);
    }

    /// <summary>One network call. Needs the turn.</summary>
    public async Task<GitNetworkReply> CallAsync(GitNetworkRequest request, CancellationToken cancellationToken)
    {
        var ended = false;
        try
        {
            var reply = await _network.RunAsync(_options, request with { Directory = _directory }, cancellationToken);
            ended = reply.Error is not (SyncErrorKind.TimedOut or SyncErrorKind.Local);
            return reply;
        }
        finally
        {
            if (!ended)
            {
                RemoveLeftovers(_directory);
            }
        }
    }

    public void Dispose()
    {
        _exclusive.Dispose();
        _lock.Dispose();
    }

    private static IOException Damaged(string directory, LibGit2SharpException e) =>
        new(
            $"The mirror {directory} cannot be used: {Redaction.Printable(e.Message)}. It is only a copy: stop the operator, "
                + "delete the folder, "
                + "and it is fetched again.",
            e
        );

    private static FileStream TakeLock(string directory)
    {
        try
        {
            // Held by the open file, so it ends with the process however that ends.
            return new(Path.Combine(directory, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new IOException($"The mirror {directory} is in use by another process; give each operator its own data folder.", e);
        }
    }

    private static void Prepare(string directory, string url, string purpose)
    {
        Repository.Init(directory, isBare: true);
        using var repository = new Repository(directory);
        var remotes = repository.Network.Remotes;
        if (remotes[GitNetworkCalls.RemoteName] is null)
        {
            remotes.Add(GitNetworkCalls.RemoteName, url);
        }
        else
        {
            remotes.Update(GitNetworkCalls.RemoteName, remote => remote.Url = url);
        }

        // A server could otherwise have the token sent to a host of its choice. (Redirects on the same host are still followed.)
        repository.Config.Set("http.followRedirects", false, ConfigurationLevel.Local);

        var source = $"{url} {purpose}";
        if (repository.Config.Get<string>(SourceKey, ConfigurationLevel.Local)?.Value == source)
        {
            return;
        }

        foreach (
            var reference in repository
                .Refs.Where(reference => reference.CanonicalName.StartsWith("refs/", StringComparison.Ordinal))
                .ToList()
        )
        {
            repository.Refs.Remove(reference);
        }

        repository.Config.Set(SourceKey, source, ConfigurationLevel.Local);
    }

    /// <summary>What a child leaves that was killed in the middle: locks that would stop every later call, and half a pack.</summary>
    private static void RemoveLeftovers(string directory)
    {
        var everywhere = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var file in Directory.EnumerateFiles(directory, "*.lock", everywhere).Where(file => Path.GetFileName(file) != LockFile))
        {
            File.Delete(file);
        }

        var packs = Path.Combine(directory, "objects", "pack");
        if (Directory.Exists(packs))
        {
            foreach (
                var file in Directory
                    .EnumerateFiles(packs)
                    .Where(file => !Path.GetFileName(file).StartsWith("pack-", StringComparison.Ordinal))
            )
            {
                File.Delete(file);
            }
        }
    }

    internal readonly struct Held(SemaphoreSlim semaphore) : IDisposable
    {
        public void Dispose() => semaphore.Release();
    }
}
