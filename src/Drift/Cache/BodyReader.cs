using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Drift.Cache;

/// <summary>
/// Reads, one at a time and by name, what objects hold of which a watch tells only the names. Few are: those that somebody has taken our
/// label off.
/// </summary>
/// <param name="arrived">Called with what was read.</param>
public sealed partial class BodyReader<T>(ReflectorFactory reflectors, ApiResource resource, Action<ObjectKey, T> arrived)
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private static readonly Backoff Pause = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(30));

    private readonly ILogger _logger = reflectors.Logger;
    private readonly Lock _lock = new();
    private readonly ChangeSignal _changed = new();
    private readonly Dictionary<ObjectKey, Body> _read = [];

    /// <summary>With the version that is to be read at least.</summary>
    private readonly Dictionary<ObjectKey, string> _desired = [];
    private (long Since, string Reason)? _error;

    /// <summary>Null while nothing is in the way of reading.</summary>
    public ViewAge? Age
    {
        get
        {
            lock (_lock)
            {
                return _error is var (since, reason) ? new(resource.Kind, reflectors.Time.GetElapsedTime(since), reason) : null;
            }
        }
    }

    /// <summary>As it was read, or null where it has yet to be.</summary>
    public T? FindOrRead(ObjectKey key, string version)
    {
        lock (_lock)
        {
            if (_read.TryGetValue(key, out var read) && read.IsFor(version))
            {
                return read.Item;
            }

            _desired[key] = version;
        }

        _changed.Notify();
        return null;
    }

    public void Forget(ObjectKey key)
    {
        lock (_lock)
        {
            _read.Remove(key);
            if (!_desired.Remove(key))
            {
                return;
            }
        }

        _changed.Notify();
    }

    public async Task WhenAllReadAsync()
    {
        while (true)
        {
            var seen = _changed.Count;
            lock (_lock)
            {
                if (_desired.Count == 0)
                {
                    return;
                }
            }

            await _changed.WaitAsync(seen, CancellationToken.None);
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var failures = 0;
        while (true)
        {
            var seen = _changed.Count;
            if (Next() is not var (key, version))
            {
                await _changed.WaitAsync(seen, cancellationToken);
                continue;
            }

            try
            {
                Take(key, version, await reflectors.Reader.FindAsync<T>(resource, key, cancellationToken));
                failures = 0;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested && ApiErrors.IsTransient(e))
            {
                LogFailed(resource.Kind, key, e.Message);
                lock (_lock)
                {
                    _error = (_error?.Since ?? reflectors.Time.GetTimestamp(), e.Message);
                }

                await Task.Delay(Pause.After(++failures), reflectors.Time, cancellationToken);
            }
        }
    }

    private (ObjectKey Key, string Version)? Next()
    {
        lock (_lock)
        {
            foreach (var (key, version) in _desired)
            {
                return (key, version);
            }

            _error = null;
            return null;
        }
    }

    /// <param name="item">Null where it has gone: that is the watch's to tell.</param>
    private void Take(ObjectKey key, string version, T? item)
    {
        lock (_lock)
        {
            _error = null;
            if (item is not null && _desired.ContainsKey(key))
            {
                _read[key] = new(Pruning.Whole(item), version);
            }
        }

        if (item is not null)
        {
            arrived(key, item);
        }

        // Only now is all read: it has been shown, too.
        lock (_lock)
        {
            if (
                _desired.TryGetValue(key, out var desired)
                && (desired == version || (_read.TryGetValue(key, out var read) && read.IsFor(desired)))
            )
            {
                _desired.Remove(key);
            }
        }

        _changed.Notify();
    }

    /// <param name="Version">That a watch had told when it was read; what was read is that one or a newer.</param>
    private sealed record Body(T Item, string Version)
    {
        public bool IsFor(string version) => Version == version || ObjectVersion.IsAtLeast(Item.Metadata.ResourceVersion, version);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Kind} {Key} cannot be read: {Reason}")]
    private partial void LogFailed(string kind, ObjectKey key, string reason);
}
