using System.Threading.Channels;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>A change, as watches see it. <paramref name="Previous"/> is there so that a watch with a selector can tell who came and went.</summary>
internal sealed record StoreEvent(StoredObject Object, StoredObject? Previous, bool Deleted)
{
    public long Revision => Object.Revision;
}

/// <summary>All objects under one lock and one counter, with the last changes remembered for watches. Whoever reads in order to
/// write holds <see cref="Gate"/> over both, so a write never meets a state it has not seen.</summary>
internal sealed class Store(int historyLimit, int watchBuffer)
{
    private readonly Dictionary<string, SortedDictionary<(string Namespace, string Name), StoredObject>> _objects = new(StringComparer.Ordinal);

    private readonly Queue<StoreEvent> _history = new();
    private readonly List<Subscription> _subscriptions = [];

    private static Comparer<(string Namespace, string Name)> ByKey { get; } = Comparer<(string Namespace, string Name)>.Create((left, right) =>
    {
        var order = string.CompareOrdinal(left.Namespace, right.Namespace);
        return order != 0 ? order : string.CompareOrdinal(left.Name, right.Name);
    });

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

    /// <summary>Objects in the order of their keys, and the revision at which this was so.</summary>
    public (IReadOnlyList<StoredObject> Objects, long Revision) List(ResourceKind kind, string? ns)
    {
        lock (Gate)
        {
            return ([.. Of(kind).Values.Where(stored => ns is null || stored.Namespace == ns)], Revision);
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
            Of(stored.Kind).Remove((stored.Namespace, stored.Name));
            var last = stored.At(++Revision);
            Publish(new StoreEvent(last, stored, Deleted: true));
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
            new BoundedChannelOptions(buffer) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

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
