using k8s.Models;

namespace GitOpsOperator.Drift.Cache;

/// <summary>What the cache holds of a kind. Requests for the same kind are put together.</summary>
public sealed record CacheContent
{
    /// <summary>Objects that bear this operator's owner label, whole.</summary>
    public static readonly CacheContent Owned = new() { OwnedObjects = true };

    /// <summary>
    /// Of every object that there is and whose: somebody's may stand where one of ours has to go. One that we wrote and that somebody has
    /// taken the owner label off is read whole, by name.
    /// </summary>
    public static readonly CacheContent Names = new() { AllNames = true };

    public static readonly CacheContent OwnedAndNames = new() { OwnedObjects = true, AllNames = true };

    public bool OwnedObjects { get; private init; }

    public bool AllNames { get; private init; }

    /// <summary>Of objects that do not bear our label: which are read whole, by name, all the same.</summary>
    public Predicate<V1ObjectMeta>? Desired { get; private init; }

    /// <summary>All that this operator's label or that name says.</summary>
    public static CacheContent NamesAnd(Predicate<V1ObjectMeta> desired) => Names with { Desired = desired };

    internal CacheContent And(CacheContent other) =>
        new()
        {
            OwnedObjects = OwnedObjects || other.OwnedObjects,
            AllNames = AllNames || other.AllNames,
            Desired =
                Desired is { } one && other.Desired is { } another
                    ? metadata => one(metadata) || another(metadata)
                    : Desired ?? other.Desired,
        };
}
