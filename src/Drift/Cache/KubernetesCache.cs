using System.Collections.Immutable;
using GitOpsOperator.Drift.Owners;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Drift.Cache;

/// <summary>
/// What this process knows of Kubernetes' objects, kept up to date by watches, so that observing costs no call. Whoever needs a kind
/// requests it before the cache runs; requests for one kind share its watches. What an object holds is kept of those that are this
/// operator's or that somebody has asked for; of the others it is at most known that they are there.
/// </summary>
public sealed class KubernetesCache
{
    private readonly Dictionary<string, CacheContent> _contents = [];
    private readonly Dictionary<string, ICachedKind> _kinds = [];
    private readonly ReflectorFactory _reflectors;
    private readonly ApiProbe _probe;
    private readonly CacheOptions _options;
    private bool _running;

    public KubernetesCache(ApiConnection connection, OwnerId owner, CacheOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger<KubernetesCache>();
        (Owner, _options) = (owner, options);
        _reflectors = new(connection.Reader, connection.Liveness, options.MaxAge, time, logger);
        _probe = new(connection.Reader, connection.Liveness, options.MaxAge, time, logger);
    }

    public OwnerId Owner { get; }

    /// <summary>Nothing is asked at the scope of the cluster.</summary>
    public bool IsNamespaced => _options.IsNamespaced;

    /// <summary>How old a view may be that is decided on.</summary>
    public TimeSpan MaxAge => _options.MaxAge;

    public IEnumerable<ICachedKind> Kinds => _kinds.Values;

    /// <summary>Objects of a kind: this operator's own, and of others that they are there. Watched for as long as the cache runs.</summary>
    /// <param name="changed">Called, from any thread, for each object that came, changed or went.</param>
    public CachedKind<T> Request<T>(ApiResource resource, CacheContent content, Action<T> changed)
        where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        _contents[resource.Kind] = _contents.TryGetValue(resource.Kind, out var known) ? known.And(content) : content;
        return Add(
            resource,
            changed,
            hold: true,
            (all, show) =>
                _contents[resource.Kind] is { AllNames: true } joined
                    ? new JoinedSource<T>(_reflectors, all, Owner, joined, show)
                    : new CollectionSource<T>(_reflectors, all.OwnedBy(Owner), Pruning.Whole, show)
        );
    }

    /// <summary>
    /// Objects that a label tells apart, whole where they are this operator's or bear no owner. Watched for as long as the cache runs.
    /// </summary>
    public CachedKind<T> RequestLabelled<T>(ApiResource resource, string label, Action<T> changed)
        where T : class, IKubernetesObject<V1ObjectMeta>, new() =>
        Add(
            resource,
            changed,
            hold: true,
            (all, show) =>
                new CollectionSource<T>(_reflectors, all with { LabelSelector = label }, item => Pruning.OfOwner(item, Owner), show)
        );

    /// <summary>Objects of a kind whoever has made them, watched while somebody holds the kind.</summary>
    /// <param name="keep">What is stored of an object.</param>
    public CachedKind<T> RequestOnDemand<T>(ApiResource resource, Func<T, T> keep, Action<T> changed, bool metadataOnly = false)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        Add(
            resource,
            changed,
            hold: false,
            (all, show) => new CollectionSource<T>(_reflectors, all with { MetadataOnly = metadataOnly }, keep, show)
        );

    /// <summary>Kinds on which decisions are made together.</summary>
    public CachedKinds Together(IReadOnlyList<ICachedKind> kinds) => new(kinds, MaxAge, _reflectors.Time);

    /// <summary>One ConfigMap, whosever it is.</summary>
    public WatchedConfigMap Watch(string @namespace, string name, Action changed) => new(_reflectors, @namespace, name, changed);

    /// <summary>Watches until cancelled. If one watch ends by an error of ours, all end, and the error is thrown.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _running = true;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task> running = [.. _kinds.Values.Select(kind => kind.RunAsync(stop.Token)), _probe.RunAsync(stop.Token)];
        var first = await Task.WhenAny(running);
        await stop.CancelAsync();
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }

    private CachedKind<T> Add<T>(
        ApiResource resource,
        Action<T> changed,
        bool hold,
        Func<ApiCollection, Action<ObjectKey, T?, T>, IObjectSource> open
    )
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        if (_running)
        {
            throw new InvalidOperationException($"{resource.Kind} is requested of a cache that runs already");
        }

        if (!_kinds.TryGetValue(resource.Kind, out var known))
        {
            var added = new CachedKind<T>(
                resource.Kind,
                show => ScopesOf(resource).Select(scope => open(new(resource, scope), show)),
                _reflectors.Time
            );
            if (hold)
            {
                // Never released: it is watched for as long as the cache runs.
                added.Hold();
            }

            _kinds.Add(resource.Kind, known = added);
        }

        var kind = (CachedKind<T>)known;
        kind.Subscribe(changed);
        return kind;
    }

    private ImmutableArray<string?> ScopesOf(ApiResource resource) =>
        !IsNamespaced ? [null]
        : resource.IsClusterScoped
            ? throw new InvalidOperationException($"{resource.Kind} belongs to no namespace, and this cache sees only some")
        : [.. _options.Namespaces];
}
