using GitOpsOperator.Drift.Owners;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Drift.Cache;

/// <summary>
/// Puts together what two watches of one kind say: of every object its name, and of ours what they hold; one that is told by its name
/// only is read. The watches are not in step, so an object is shown as whichever of them is ahead has it, or as it was while that one's
/// word cannot be understood without the other's: no object is ever missing for a moment that was there all the time.
/// </summary>
public sealed class JoinedSource<T> : IObjectSource
    where T : class, IKubernetesObject<V1ObjectMeta>, new()
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectKey, T> _shown = [];
    private readonly Reflector<T> _names;
    private readonly Reflector<T>? _owned;
    private readonly BodyReader<T> _bodies;
    private readonly string _ownerLabel;
    private readonly CacheContent _content;
    private readonly Action<ObjectKey, T?, T> _show;

    public JoinedSource(ReflectorFactory reflectors, ApiCollection all, OwnerId owner, CacheContent content, Action<ObjectKey, T?, T> show)
    {
        (_ownerLabel, _content, _show) = (owner.Label, content, show);
        _names = reflectors.Create<T>(all with { MetadataOnly = true }, Pruning.Name, item => Decide(ObjectKey.Of(item), item));
        _owned = content.OwnedObjects
            ? reflectors.Create<T>(all.OwnedBy(owner), Pruning.Whole, item => Decide(ObjectKey.Of(item), item))
            : null;
        _bodies = new(reflectors, all.Resource, (key, item) => Decide(key, item));
        Synced = SyncedAsync();
    }

    public Task Synced { get; }

    public bool Served => _names.Served && _owned is not { Served: false };

    public ViewAge Age => new[] { _names.Age, _owned?.Age, _bodies.Age }.OfType<ViewAge>().MaxBy(age => age.Age)!;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task> running = [_names.RunAsync(stop.Token), _bodies.RunAsync(stop.Token)];
        if (_owned is not null)
        {
            running.Add(_owned.RunAsync(stop.Token));
        }

        var ended = await Task.WhenAny(running);
        await stop.CancelAsync();
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ended;
    }

    private async Task SyncedAsync()
    {
        await _names.Synced;
        await (_owned?.Synced ?? Task.CompletedTask);
        await _bodies.WhenAllReadAsync();
    }

    private void Decide(ObjectKey key, T item)
    {
        lock (_lock)
        {
            var before = _shown.GetValueOrDefault(key);
            var now = Now(key, before);
            if (ReferenceEquals(now, before))
            {
                return;
            }

            if (now is null)
            {
                _shown.Remove(key);
            }
            else
            {
                _shown[key] = now;
            }

            _show(key, now, item);
        }
    }

    private T? Now(ObjectKey key, T? before)
    {
        var (names, owned) = (_names.Now, _owned?.Now);
        var (name, whole) = (names.Objects.GetValueOrDefault(key), owned?.Objects.GetValueOrDefault(key));
        if (name is null)
        {
            // Made just now, or gone just now: the names know of all up to their version.
            _bodies.Forget(key);
            return whole is not null && ObjectVersion.IsNewer(whole.Metadata.ResourceVersion, names.Version) ? whole : null;
        }

        var isOurs = name.GetLabel(ObjectLabels.Owner) == _ownerLabel;
        if (whole is not null && (isOurs || ObjectVersion.IsNewer(whole.Metadata.ResourceVersion, name.Metadata.ResourceVersion)))
        {
            _bodies.Forget(key);
            return whole;
        }

        if (isOurs && owned is not null)
        {
            // It comes with the next word of the other watch, or its end with the next of this one.
            return before;
        }

        if (_content.Desired?.Invoke(name.Metadata) == true || (owned is not null && Ownership.IsStripped(name.Metadata)))
        {
            return _bodies.FindOrRead(key, name.Metadata.ResourceVersion) ?? before;
        }

        _bodies.Forget(key);
        return name;
    }
}
