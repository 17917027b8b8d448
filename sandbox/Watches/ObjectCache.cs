using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Sandbox.Watches;

/// <summary>
/// The API server's objects of one kind, kept current by list and watch. KubernetesClient has no informer, and node, controller
/// and DNS must be ordinary clients, so that they run against a real API server as well.
/// </summary>
internal sealed class ObjectCache<T>(string kind, ObjectCache<T>.List list, ObjectCache<T>.Watch watch, TimeProvider time, ILogger logger)
    where T : IKubernetesObject<V1ObjectMeta>
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<(string Namespace, string Name), T> _objects = new();
    private readonly TaskCompletionSource _listed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Action> _observers = [];

    public delegate Task<(IEnumerable<T> Items, string ResourceVersion)> List(CancellationToken cancellationToken);

    public delegate IAsyncEnumerable<(WatchEventType Type, T Object)> Watch(
        string resourceVersion,
        Action<Exception> onError,
        CancellationToken cancellationToken
    );

    /// <summary>Completes when the first list has arrived: before that, an absent object is not known to be absent.</summary>
    public Task Listed => _listed.Task;

    public ICollection<T> All => _objects.Values;

    public T? Get(string @namespace, string name) => _objects.TryGetValue((@namespace, name), out var found) ? found : default;

    /// <summary>Calls back at every change. To be used before <see cref="RunAsync"/>.</summary>
    public void Notify(Action observer) => _observers.Add(observer);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var version = await ListAsync(cancellationToken);
                await FollowAsync(version, cancellationToken);
            }
            catch (Exception e)
                when (e is HttpOperationException or HttpRequestException or IOException or JsonException or KubernetesException
                    || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                )
            {
                logger.LogWarning("watch of {Kind} is lost, listing again: {Reason}", kind, e.Message);
                await Task.Delay(RetryPause, time, cancellationToken);
            }
        }
    }

    private async Task<string> ListAsync(CancellationToken cancellationToken)
    {
        var (items, version) = await list(cancellationToken);
        var present = new HashSet<(string, string)>();
        foreach (var item in items)
        {
            present.Add(Key(item));
            _objects[Key(item)] = item;
        }

        foreach (var gone in _objects.Keys.Where(key => !present.Contains(key)).ToList())
        {
            _objects.TryRemove(gone, out _);
        }

        _listed.TrySetResult();
        Announce();
        return version;
    }

    private async Task FollowAsync(string version, CancellationToken cancellationToken)
    {
        while (true)
        {
            Exception? failure = null;
            await foreach (var (type, item) in watch(version, e => failure = e, cancellationToken))
            {
                version = item.Metadata?.ResourceVersion ?? version;
                switch (type)
                {
                    case WatchEventType.Added or WatchEventType.Modified:
                        Keep(item);
                        break;
                    case WatchEventType.Deleted:
                        _objects.TryRemove(Key(item), out _);
                        Announce();
                        break;
                }
            }

            cancellationToken.ThrowIfCancellationRequested();
            switch (failure)
            {
                case null:
                    // An orderly end (the server's own time limit): go on from the version reached.
                    break;
                case KubernetesException { Status.Code: (int)HttpStatusCode.Gone }:
                    return;
                default:
                    throw new IOException($"watch of {kind}: {failure.Message}", failure);
            }
        }
    }

    private void Keep(T item)
    {
        _objects[Key(item)] = item;
        Announce();
    }

    private void Announce()
    {
        foreach (var observer in _observers)
        {
            observer();
        }
    }

    private static (string Namespace, string Name) Key(T item) => (item.Metadata.NamespaceProperty ?? "", item.Metadata.Name);
}
