using System.Collections.Immutable;
using System.Net;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Drift.Cache;

/// <summary>
/// Keeps a copy of one collection: lists once, page by page, then watches. A watch that ends is taken up where it ended; one that has
/// expired (410), or that could not be taken up for as long as a view may be old, is replaced by a new list. A kind that may be missing,
/// and is, counts as empty and is asked for again now and then.
/// </summary>
/// <param name="keep">What is stored of an object, called as soon as it has come; the place to drop what nobody needs.</param>
/// <param name="changed">Called for each object that came, changed or went, after the copy has it.</param>
/// <param name="maxAge">How old a view may be.</param>
public sealed partial class Reflector<T>(
    ApiReader reader,
    ApiLiveness liveness,
    ApiCollection collection,
    Func<T, T> keep,
    Action<T> changed,
    TimeSpan maxAge,
    TimeProvider time,
    ILogger logger
)
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private static readonly TimeSpan MissingPause = TimeSpan.FromMinutes(5);
    private static readonly Backoff Pause = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(30));

    private readonly ILogger _logger = logger;
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WatchTimeouts _timeouts = new(maxAge);
    private readonly StreamFreshness _freshness = new(liveness, time);
    private volatile Copy _copy = new(ImmutableDictionary<ObjectKey, T>.Empty, null);
    private volatile bool _served = true;

    /// <summary>Where to go on watching; null where it has to be listed first.</summary>
    private string? _resumeAt;
    private bool _heard;

    /// <summary>
    /// Completes when the collection has been listed for the first time, or the server has said that it has no such kind.
    /// </summary>
    public Task Synced => _synced.Task;

    /// <summary>False while the API server answers that it has no such kind.</summary>
    public bool Served => _served;

    /// <summary>All objects at one moment; it never changes.</summary>
    public Copy Now => _copy;

    /// <summary>A kind that the server does not have is as it is known.</summary>
    public ViewAge Age
    {
        get
        {
            var (age, reason) = _freshness.Now;
            return _served ? new(collection.ToString(), age, reason) : new(collection.ToString(), TimeSpan.Zero, null);
        }
    }

    /// <summary>Watches until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var failures = 0;
        while (true)
        {
            _heard = false;

            // What has happened in too long a time would only come bit by bit, and nobody would know when it is all.
            _resumeAt = _freshness.Now.Age < maxAge ? _resumeAt : null;
            try
            {
                if (_resumeAt is null)
                {
                    await ListAsync(cancellationToken);
                    failures = 0;
                }

                await WatchAsync(cancellationToken);
                _freshness.Closed(null);
                failures = _heard ? 0 : failures;

                // A server that ends every watch at once must not be asked in a tight loop.
                await PauseAsync(_heard ? 0 : 1, cancellationToken);
            }
            catch (ApiAnswerException missing)
                when (missing.Code == HttpStatusCode.NotFound && collection.Resource.MayBeMissing && _resumeAt is null)
            {
                // Whole collections answer 404 for this reason only: an empty one, also of an unknown namespace, is an empty list.
                TakeAsMissing();
                failures = 0;
                await Task.Delay(MissingPause, time, cancellationToken);
            }
            catch (Exception e) when (cancellationToken.IsCancellationRequested && ApiErrors.IsTransient(e))
            {
                // A connection that breaks while the program stops is the end that was asked for.
                throw new OperationCanceledException(e.Message, e, cancellationToken);
            }
            catch (Exception e) when (ApiErrors.IsExpired(e))
            {
                LogExpired(collection, _resumeAt);
                _freshness.Closed("its watch has expired");
                _resumeAt = null;
                await PauseAsync(++failures - 1, cancellationToken);
            }
            catch (Exception e) when (ApiErrors.IsTransient(e))
            {
                failures = _heard ? 1 : failures + 1;
                _freshness.Closed(e.Message);
                LogFailed(collection, failures, e.Message);
                await PauseAsync(failures, cancellationToken);
            }
        }
    }

    private void TakeAsMissing()
    {
        if (_served)
        {
            LogMissing(collection, MissingPause.TotalMinutes);
        }

        // An API server that starts answers so for a moment, before it has read its definitions: what is known is given up when it says
        // so again.
        var again = !_served;
        // Before it counts as known: who waits for that asks this next.
        _served = false;
        if (again || _copy.Objects.IsEmpty)
        {
            Replace(new(ImmutableDictionary<ObjectKey, T>.Empty, null));
        }
    }

    private Task PauseAsync(int failures, CancellationToken cancellationToken) =>
        failures <= 0 ? Task.CompletedTask : Task.Delay(Pause.After(failures), time, cancellationToken);

    /// <summary>Where the server has forgotten the list in the middle (410), it begins again: pages of two moments are no list.</summary>
    private async Task ListAsync(CancellationToken cancellationToken)
    {
        var found = ImmutableDictionary.CreateBuilder<ObjectKey, T>();
        string? next = null;
        string? version;
        do
        {
            var page = await reader.ListAsync<T>(collection, next, cancellationToken);
            foreach (var item in page.Items)
            {
                found[ObjectKey.Of(item)] = keep(item);
            }

            (version, next) = (page.Version, page.Continue);
        } while (next is not null);

        _resumeAt =
            version
            ?? throw new ApiAnswerException(
                HttpStatusCode.OK,
                $"The list of {collection} came without a resourceVersion, so it cannot be watched"
            );
        if (!_served)
        {
            LogServed(collection);
        }

        _served = true;
        _freshness.Listed();
        Replace(new(found.ToImmutable(), version));
    }

    private void Replace(Copy copy)
    {
        var before = _copy.Objects;
        _copy = copy;
        foreach (var (key, item) in copy.Objects)
        {
            if (!before.TryGetValue(key, out var old) || old.Metadata.ResourceVersion != item.Metadata.ResourceVersion)
            {
                changed(item);
            }
        }

        foreach (var (key, item) in before)
        {
            if (!copy.Objects.ContainsKey(key))
            {
                changed(item);
            }
        }

        _synced.TrySetResult();
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(_timeouts.Opening, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        var pinged = _freshness.IsPinged;
        try
        {
            await foreach (var line in reader.WatchAsync<T>(collection, _resumeAt!, _timeouts.Length(pinged), Opened, either.Token))
            {
                silence.CancelAfter(_timeouts.Silence(pinged));
                _freshness.Heard();
                Take(line);
            }
        }
        catch (OperationCanceledException) when (silence.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("the watch has fallen silent");
        }

        void Opened(Version protocol)
        {
            _freshness.Opened(protocol);
            pinged = _freshness.IsPinged;
            silence.CancelAfter(_timeouts.Silence(pinged));
        }
    }

    private void Take(WatchLine<T> line)
    {
        _heard = true;
        _resumeAt = line.Item.Metadata.ResourceVersion ?? _resumeAt;
        if (line.Type == WatchEventType.Bookmark)
        {
            _copy = _copy with { Version = _resumeAt };
            return;
        }

        var (key, kept) = (ObjectKey.Of(line.Item), keep(line.Item));
        var objects = _copy.Objects;
        _copy = new(line.Type == WatchEventType.Deleted ? objects.Remove(key) : objects.SetItem(key, kept), _resumeAt);
        changed(kept);
    }

    /// <summary>What a collection held at one moment.</summary>
    /// <param name="Version">Of the last thing that was heard of it; null where it has never been listed.</param>
    public sealed record Copy(ImmutableDictionary<ObjectKey, T> Objects, string? Version);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Collection}: watch has expired at version {Version}; listing again")]
    private partial void LogExpired(ApiCollection collection, string? version);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Collection}: watch failed ({Failures} in a row): {Reason}")]
    private partial void LogFailed(ApiCollection collection, int failures, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Collection}: this API server does not serve it (404), so clusters are kept without; "
            + "it is asked for again every {Minutes} minutes"
    )]
    private partial void LogMissing(ApiCollection collection, double minutes);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Collection}: this API server serves it now")]
    private partial void LogServed(ApiCollection collection);
}
