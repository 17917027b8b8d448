using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Drift.Watching;

/// <summary>A reflector of any kind.</summary>
public interface IReflector
{
    /// <summary>Completes when the kind has been listed for the first time, or the server has said that it has no such kind.</summary>
    Task Synced { get; }

    /// <summary>Null while what is known is as fresh as the watch is.</summary>
    Staleness? Staleness { get; }

    /// <summary>Watches until cancelled.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}

/// <summary>
/// Keeps a copy of all objects of one kind: lists once, then watches. A watch that ends is taken up where it ended; one that has expired
/// (410) or twice failed is replaced by a new list. A kind that may be missing, and is, counts as empty and is asked for again now and then.
/// </summary>
/// <param name="keep">What is stored of an object; the place to drop what nobody needs.</param>
/// <param name="changed">Called for each object that came, changed or went, after the copy has it.</param>
public sealed class Reflector<T, TList>(
    Collection<T, TList> collection, Func<T, T> keep, Action<T> changed, TimeProvider time, ILogger logger) : IReflector
    where T : class, IKubernetesObject<V1ObjectMeta>
    where TList : IKubernetesObject<V1ListMeta>, IItems<T>
{
    private const int PageSize = 500;

    /// <summary>The server ends a watch after this time, so that a connection that died without a word is noticed.</summary>
    private const int WatchSeconds = 120;

    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(WatchSeconds + 30);
    private static readonly TimeSpan MissingPause = TimeSpan.FromMinutes(5);
    private static readonly Backoff Pause = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(30));

    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Pulse _pulse = new();
    private volatile ImmutableDictionary<ObjectKey, T> _objects = ImmutableDictionary<ObjectKey, T>.Empty;
    private volatile Staleness? _staleness;
    private volatile bool _served = true;
    private string? _version;
    private bool _heard;

    public Task Synced => _synced.Task;

    public Staleness? Staleness => _staleness;

    /// <summary>False while the API server answers that it has no such kind.</summary>
    public bool Served => _served;

    /// <summary>All objects at one moment; it never changes.</summary>
    public ImmutableDictionary<ObjectKey, T> Objects => _objects;

    public T? Find(string @namespace, string name) => _objects.GetValueOrDefault(new(@namespace, name));

    /// <summary>Waits until the copy satisfies a condition, such as holding what was just written.</summary>
    public async Task WaitAsync(Func<ImmutableDictionary<ObjectKey, T>, bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            var seen = _pulse.Count;
            if (condition(_objects))
            {
                return;
            }

            await _pulse.WaitAsync(seen, cancellationToken);
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var failures = 0;
        while (true)
        {
            _heard = false;
            try
            {
                if (_version is null)
                {
                    await ListAsync(cancellationToken);
                    failures = 0;
                }

                await WatchAsync(cancellationToken);
                failures = _heard ? 0 : failures;

                // A server that ends every watch at once must not be asked in a tight loop.
                await PauseAsync(_heard ? 0 : 1, cancellationToken);
            }
            catch (HttpOperationException e) when (collection.MayBeMissing && _version is null && e.Response?.StatusCode == HttpStatusCode.NotFound)
            {
                // Whole collections answer 404 for this reason only: an empty one, also of an unknown namespace, is an empty list.
                TakeAsMissing();
                failures = 0;
                await Task.Delay(MissingPause, time, cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested && IsExpired(e))
            {
                logger.LogInformation("{Kind}: watch has expired at version {Version}; listing again", collection.Kind, _version);
                _version = null;
                await PauseAsync(++failures - 1, cancellationToken);
            }
            catch (Exception e) when (cancellationToken.IsCancellationRequested && IsFault(e))
            {
                // A connection that breaks while the program stops is the end that was asked for.
                throw new OperationCanceledException(e.Message, e, cancellationToken);
            }
            catch (Exception e) when (IsFault(e))
            {
                failures = _heard ? 1 : failures + 1;
                Suspect(failures, e);
                await PauseAsync(failures, cancellationToken);
            }
        }
    }

    /// <summary>A watch may drop for no reason, and is taken up again. What then fails too says that the server is not there.</summary>
    private void Suspect(int failures, Exception e)
    {
        logger.LogWarning("{Kind}: watch failed ({Failures} in a row): {Reason}", collection.Kind, failures, e.Message);
        if (failures > 1 || _version is null)
        {
            _version = null;
            _staleness ??= new(collection.Kind, time.GetUtcNow(), e.Message);
        }
    }

    private void TakeAsMissing()
    {
        if (_served)
        {
            logger.LogWarning(
                "{Kind}: this API server does not serve it (404), so clusters are kept without; it is asked for again every {Minutes} minutes",
                collection.Kind, MissingPause.TotalMinutes);
        }

        // An API server that starts answers so for a moment, before it has read its definitions: what is known is given up when it says so again.
        if (!_served || _objects.IsEmpty)
        {
            Replace(ImmutableDictionary<ObjectKey, T>.Empty);
        }

        _served = false;
    }

    private Task PauseAsync(int failures, CancellationToken cancellationToken) =>
        failures <= 0 ? Task.CompletedTask : Task.Delay(Pause.After(failures), time, cancellationToken);

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        var found = ImmutableDictionary.CreateBuilder<ObjectKey, T>();
        string? next = null;
        string? version;
        do
        {
            var page = await collection.List(next, PageSize, cancellationToken);
            foreach (var item in page.Items)
            {
                found[ObjectKey.Of(item)] = keep(item);
            }

            version = page.Metadata?.ResourceVersion;
            next = page.Metadata?.ContinueProperty;
        }
        while (!string.IsNullOrEmpty(next));

        _version = version ?? throw new KubernetesException($"The list of {collection.Kind} came without a resourceVersion, so it cannot be watched");
        if (!_served)
        {
            logger.LogInformation("{Kind}: this API server serves it now", collection.Kind);
        }

        _served = true;
        Replace(found.ToImmutable());
    }

    private void Replace(ImmutableDictionary<ObjectKey, T> objects)
    {
        var before = _objects;
        _objects = objects;
        _staleness = null;
        Announce(before, objects);
        _synced.TrySetResult();
    }

    private void Announce(ImmutableDictionary<ObjectKey, T> before, ImmutableDictionary<ObjectKey, T> after)
    {
        foreach (var (key, item) in after)
        {
            if (!before.TryGetValue(key, out var old) || old.Metadata.ResourceVersion != item.Metadata.ResourceVersion)
            {
                changed(item);
            }
        }

        foreach (var (key, item) in before)
        {
            if (!after.ContainsKey(key))
            {
                changed(item);
            }
        }

        _pulse.Beat();
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(SilenceLimit, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        Exception? failure = null;

        // Without onError the client ends the loop silently when the server reports an error, and skips a line that it cannot read.
        void Failed(Exception e)
        {
            failure ??= e;
            stop.Cancel();
        }

        try
        {
            await foreach (var (type, item) in collection.Watch(_version!, WatchSeconds, Failed, stop.Token))
            {
                Take(type, item);
            }
        }
        catch (OperationCanceledException) when (failure is not null)
        {
            // Only the way out of the loop: the failure itself is thrown below.
        }
        catch (HttpRequestException e) when (e.InnerException is EndOfStreamException)
        {
            // How the client reports a watch that the server has ended in order without having had anything to tell.
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (failure is not null)
        {
            throw failure;
        }
    }

    private void Take(WatchEventType type, T item)
    {
        if (type == WatchEventType.Error)
        {
            return;
        }

        _heard = true;
        _version = item.Metadata.ResourceVersion ?? _version;
        if (type == WatchEventType.Bookmark)
        {
            return;
        }

        var kept = keep(item);
        _objects = type == WatchEventType.Deleted ? _objects.Remove(ObjectKey.Of(item)) : _objects.SetItem(ObjectKey.Of(item), kept);
        changed(kept);
        _pulse.Beat();
    }

    private static bool IsExpired(Exception e) => e switch
    {
        HttpOperationException http => http.Response?.StatusCode == HttpStatusCode.Gone,
        KubernetesException kubernetes => kubernetes.Status?.Code == (int)HttpStatusCode.Gone,
        _ => false,
    };

    /// <summary>What a network, a server or a broken answer throws. A fault of ours is not caught, and ends the program loudly.</summary>
    private static bool IsFault(Exception e) =>
        e is HttpRequestException or HttpOperationException or KubernetesException or IOException or OperationCanceledException or JsonException
            or System.Net.Sockets.SocketException or TimeoutException;
}
