using System.Threading.Channels;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>A change, as watches see it. <paramref name="Previous"/> is there so that a watch with a selector can tell who came and
/// went.</summary>
internal sealed record StoreEvent(StoredObject Object, StoredObject? Previous, bool Deleted)
{
    public long Revision => Object.Revision;
}

/// <summary>All objects under one lock and one counter, with the last changes remembered for watches. Whoever reads in order to
/// write holds <see cref="Gate"/> over both, so a write never meets a state it has not seen.</summary>
internal sealed class Store(int historyLimit, int watchBuffer)
{
    private readonly Dictionary<string, SortedDictionary<(string Namespace, string Name), StoredObject>> _objects = new(
        StringComparer.Ordinal
    );

    private readonly Queue<StoreEvent> _history = new();
    private readonly List<Subscription> _subscriptions = [];

    private static Comparer<(string Namespace, string Name)> ByKey { get; } = Comparer<(string Namespace, string Name)>.Create(Compare);

    public Lock Gate { get; } = new();

    public long Revision { get; private set; } = 1;

    /// <summary>Changes up to this one are forgotten.</summary>
    public long Compacted { get; private set; }

    public StoredObject? Get(ResourceKind kind, string ns, string name)
    {
        lock (Gate)
        {
            return Of(kind).GetValueOrDefault((ns, name));
        }
    }

    /// <summary>The order of keys in lists.</summary>
    public static int Compare((string Namespace, string Name) left, (string Namespace, string Name) right)
    {
        var order = string.CompareOrdinal(left.Namespace, right.Namespace);
        return order != 0 ? order : string.CompareOrdinal(left.Name, right.Name);
    }

    /// <summary>Objects in the order of their keys, and the revision at which this was so.</summary>
    /// <param name="at">An earlier revision; null: the present one.</param>
    /// <exception cref="ApiException">410: changes since then are forgotten.</exception>
    public (IReadOnlyList<StoredObject> Objects, long Revision) List(ResourceKind kind, string? ns, long? at = null)
    {
        lock (Gate)
        {
            var objects = at is { } revision && revision < Revision ? Before(kind, revision) : Of(kind);
            return ([.. objects.Values.Where(stored => ns is null || stored.Namespace == ns)], at ?? Revision);
        }
    }

    public IReadOnlyList<StoredObject> Everything()
    {
        lock (Gate)
        {
            return [.. _objects.Values.SelectMany(ofKind => ofKind.Values)];
        }
    }

    public StoredObject Put(ResourceKind kind, System.Text.Json.Nodes.JsonObject node)
    {
        lock (Gate)
        {
            var stored = StoredObject.From(kind, node, ++Revision);
            var key = (stored.Namespace, stored.Name);
            var previous = Of(kind).GetValueOrDefault(key);
            Of(kind)[key] = stored;
            Publish(new StoreEvent(stored, previous, Deleted: false));
            return stored;
        }
    }

    public StoredObject Remove(StoredObject stored)
    {
        lock (Gate)
        {
            // What went is what was there: a writer may hand in the state that it would have become.
            var key = (stored.Namespace, stored.Name);
            var previous = Of(stored.Kind).GetValueOrDefault(key);
            Of(stored.Kind).Remove(key);
            var last = stored.At(++Revision);
            Publish(new StoreEvent(last, previous ?? stored, Deleted: true));
            return last;
        }
    }

    /// <summary>Follows the changes after <paramref name="after"/>, or from now on with the present objects first.</summary>
    /// <exception cref="ApiException">410: changes since then are forgotten.</exception>
    public Subscription Subscribe(ResourceKind? kind, string? ns, long? after)
    {
        lock (Gate)
        {
            if (after < Compacted)
            {
                throw ApiException.Expired(after.Value, Compacted + 1);
            }

            var subscription = new Subscription(this, kind, ns, watchBuffer)
            {
                Present = after is null && kind is not null ? List(kind, ns).Objects : [],
                Missed = after is null ? [] : [.. _history.Where(change => change.Revision > after)],
                Revision = Revision,
            };
            _subscriptions.Add(subscription);
            return subscription;
        }
    }

    /// <summary>Ends what follows the changes of a kind that is no more.</summary>
    public void EndSubscriptions(ResourceKind kind)
    {
        lock (Gate)
        {
            foreach (var subscription in _subscriptions)
            {
                subscription.EndFor(kind);
            }
        }
    }

    /// <summary>The objects as they were at an earlier revision: the changes since then taken back, the last one first.</summary>
    private SortedDictionary<(string Namespace, string Name), StoredObject> Before(ResourceKind kind, long revision)
    {
        if (revision < Compacted)
        {
            throw ApiException.Expired(revision, Compacted + 1);
        }

        var objects = new SortedDictionary<(string Namespace, string Name), StoredObject>(Of(kind), ByKey);
        foreach (
            var change in _history.Where(change => change.Revision > revision && change.Object.Kind.Qualified == kind.Qualified).Reverse()
        )
        {
            var key = (change.Object.Namespace, change.Object.Name);
            if (change.Previous is { } previous)
            {
                objects[key] = previous;
            }
            else
            {
                objects.Remove(key);
            }
        }

        return objects;
    }

    /// <summary>By its name: a kind whose definition has changed is another value, and has the same objects.</summary>
    private SortedDictionary<(string Namespace, string Name), StoredObject> Of(ResourceKind kind) =>
        _objects.TryGetValue(kind.Qualified, out var known) ? known : _objects[kind.Qualified] = new(ByKey);

    private void Publish(StoreEvent change)
    {
        _history.Enqueue(change);
        while (_history.Count > historyLimit)
        {
            Compacted = _history.Dequeue().Revision;
        }

        foreach (var subscription in _subscriptions)
        {
            subscription.Offer(change);
        }
    }

    /// <summary>One follower of the changes. It ends by itself (its channel completes) when it lags too far behind.</summary>
    internal sealed class Subscription(Store store, ResourceKind? kind, string? ns, int buffer) : IDisposable
    {
        private readonly Channel<StoreEvent> _channel = Channel.CreateBounded<StoreEvent>(
            new BoundedChannelOptions(buffer) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait }
        );

        public required IReadOnlyList<StoredObject> Present { get; init; }
        public required IReadOnlyList<StoreEvent> Missed { get; init; }
        public required long Revision { get; init; }
        public ChannelReader<StoreEvent> Changes => _channel.Reader;

        public bool Concerns(StoreEvent change) =>
            (kind is null || change.Object.Kind.Qualified == kind.Qualified) && (ns is null || change.Object.Namespace == ns);

        public void EndFor(ResourceKind gone)
        {
            if (kind?.Qualified == gone.Qualified)
            {
                _channel.Writer.TryComplete();
            }
        }

        public void Offer(StoreEvent change)
        {
            if (Concerns(change) && !_channel.Writer.TryWrite(change))
            {
                _channel.Writer.TryComplete();
            }
        }

        public void Dispose()
        {
            lock (store.Gate)
            {
                store._subscriptions.Remove(this);
            }
        }
    }
}
