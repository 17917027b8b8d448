using System.Collections.Immutable;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Drift.Cache;

/// <summary>
/// What the cache knows of one kind, in all namespaces that this operator sees. It is watched while somebody holds it, and forgotten some
/// time after nobody does.
/// </summary>
public sealed class CachedKind<T> : ICachedKind
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    /// <summary>So long, a plan that asks for it now and then does not list it each time.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly ChangeSignal _holdsChanged = new();
    private readonly ChangeSignal _changed = new();
    private readonly Func<Action<ObjectKey, T?, T>, IEnumerable<IObjectSource>> _open;
    private readonly TimeProvider _time;
    private ImmutableArray<Action<T>> _subscribers = [];
    private volatile ImmutableDictionary<ObjectKey, T> _objects = ImmutableDictionary<ObjectKey, T>.Empty;
    private volatile TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IReadOnlyList<IObjectSource>? _sources;
    private int _holds;
    private int _generation;

    /// <param name="open">
    /// Begins to watch; told what to call with the key, the object as it is now shown (null: no more), and the one that was.
    /// </param>
    internal CachedKind(string kind, Func<Action<ObjectKey, T?, T>, IEnumerable<IObjectSource>> open, TimeProvider time) =>
        (Kind, _open, _time) = (kind, open, time);

    public string Kind { get; }

    public Task Synced => _synced.Task;

    /// <summary>False while the API server answers that it has no such kind.</summary>
    public bool Served => _sources?.All(source => source.Served) ?? true;

    public ViewAge? Age => _sources?.Select(source => source.Age).MaxBy(age => age.Age);

    /// <summary>All objects at one moment; it never changes.</summary>
    public ImmutableDictionary<ObjectKey, T> Objects => _objects;

    public T? Find(string @namespace, string name) => _objects.GetValueOrDefault(new(@namespace, name));

    /// <summary>Has the kind watched until the hold is disposed of.</summary>
    public IDisposable Hold()
    {
        Count(1);
        return new Held(this);
    }

    /// <param name="changed">
    /// Called, from any thread, for each object that came, changed or went, after <see cref="Objects"/> has it.
    /// </param>
    internal void Subscribe(Action<T> changed) => ImmutableInterlocked.Update(ref _subscribers, subscribers => subscribers.Add(changed));

    /// <summary>Waits until the copy satisfies a condition, such as holding what was just written.</summary>
    public async Task WaitAsync(Func<ImmutableDictionary<ObjectKey, T>, bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            var seen = _changed.Count;
            if (condition(_objects))
            {
                return;
            }

            await _changed.WaitAsync(seen, cancellationToken);
        }
    }

    private bool IsHeld
    {
        get
        {
            lock (_lock)
            {
                return _holds > 0;
            }
        }
    }

    async Task ICachedKind.RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await WaitForHoldsAsync(held: true, cancellationToken);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var sources = Open();
            List<Task> running = [.. sources.Select(source => source.RunAsync(stop.Token)), CloseWhenReleasedAsync(stop.Token)];
            var synced = Task.WhenAll(sources.Select(source => source.Synced));
            var ended = await Task.WhenAny([.. running, synced]);
            if (ended == synced)
            {
                _synced.TrySetResult();
                ended = await Task.WhenAny(running);
            }

            await stop.CancelAsync();
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await ended;
        }
    }

    /// <summary>Completes when nobody has held the kind for a while; by then it is forgotten.</summary>
    private async Task CloseWhenReleasedAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await WaitForHoldsAsync(held: false, cancellationToken);
            var seen = _holdsChanged.Count;
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var linger = Task.Delay(Linger, _time, waiting.Token);
            await Task.WhenAny(linger, _holdsChanged.WaitAsync(seen, waiting.Token));
            await waiting.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
            if (linger.IsCompletedSuccessfully && TryClose())
            {
                return;
            }
        }
    }

    private List<IObjectSource> Open()
    {
        var generation = ++_generation;
        var sources = _open((key, item, last) => Show(generation, key, item, last)).ToList();
        _sources = sources;
        return sources;
    }

    /// <summary>
    /// Whoever holds the kind from now on waits for what is listed next; nobody reads what is forgotten for what is there.
    /// </summary>
    private bool TryClose()
    {
        ImmutableDictionary<ObjectKey, T> forgotten;
        lock (_lock)
        {
            if (_holds > 0)
            {
                return false;
            }

            forgotten = _objects;
            _generation++;
            _sources = null;
            _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _objects = ImmutableDictionary<ObjectKey, T>.Empty;
        }

        foreach (var item in forgotten.Values)
        {
            Announce(item);
        }

        return true;
    }

    private async Task WaitForHoldsAsync(bool held, CancellationToken cancellationToken)
    {
        while (true)
        {
            var seen = _holdsChanged.Count;
            if (IsHeld == held)
            {
                return;
            }

            await _holdsChanged.WaitAsync(seen, cancellationToken);
        }
    }

    private void Count(int more)
    {
        lock (_lock)
        {
            _holds += more;
        }

        _holdsChanged.Notify();
    }

    private void Show(int generation, ObjectKey key, T? item, T last)
    {
        lock (_lock)
        {
            if (generation != _generation)
            {
                return;
            }

            _objects = item is null ? _objects.Remove(key) : _objects.SetItem(key, item);
        }

        Announce(item ?? last);
    }

    private void Announce(T item)
    {
        foreach (var subscriber in _subscribers)
        {
            subscriber(item);
        }

        _changed.Notify();
    }

    private sealed class Held(CachedKind<T> kind) : IDisposable
    {
        private int _released;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _released, 1) == 0)
            {
                kind.Count(-1);
            }
        }
    }
}
