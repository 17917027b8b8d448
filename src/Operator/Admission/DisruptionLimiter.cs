using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.Admission;

/// <summary>
/// At most so many clusters are in the middle of a disruptive change at once. A cluster has a slot from its first such step until it has
/// nothing more to do or cannot continue; degraded clusters come first, then those that have waited longest.
/// </summary>
/// <param name="changes">Notified when a slot is free again.</param>
internal sealed class DisruptionLimiter(int limit, ChangeSignal changes, TimeProvider time)
{
    /// <summary>A cluster that does not ask for that long loses its slot; it may acquire one again.</summary>
    public static readonly TimeSpan SlotTimeout = TimeSpan.FromMinutes(15);

    /// <summary>A cluster that has not asked for that long does not wait any more.</summary>
    private static readonly TimeSpan WaitTimeout = TimeSpan.FromMinutes(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<ClusterKey, long> _holders = [];
    private readonly Dictionary<ClusterKey, Waiter> _waiting = [];

    public bool HasSlot(ClusterKey cluster)
    {
        lock (_lock)
        {
            return _holders.ContainsKey(cluster);
        }
    }

    /// <returns>Null where the cluster has a slot now; else why it has to wait.</returns>
    public string? TryAcquire(ClusterKey cluster, bool urgent)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            foreach (
                var overdue in _holders
                    .Where(entry => time.GetElapsedTime(entry.Value, now) >= SlotTimeout)
                    .Select(entry => entry.Key)
                    .ToList()
            )
            {
                _holders.Remove(overdue);
            }

            foreach (
                var gone in _waiting
                    .Where(entry => time.GetElapsedTime(entry.Value.Asked, now) >= WaitTimeout)
                    .Select(entry => entry.Key)
                    .ToList()
            )
            {
                _waiting.Remove(gone);
            }

            if (_holders.ContainsKey(cluster))
            {
                _holders[cluster] = now;
                return null;
            }

            _waiting[cluster] = _waiting.TryGetValue(cluster, out var known)
                ? known with
                {
                    Asked = now,
                    Urgent = urgent,
                }
                : new(now, now, urgent);
            var ahead = _waiting
                .OrderByDescending(entry => entry.Value.Urgent)
                .ThenBy(entry => entry.Value.Since)
                .ThenBy(entry => entry.Key)
                .TakeWhile(entry => entry.Key != cluster)
                .Count();
            if (ahead < limit - _holders.Count)
            {
                _waiting.Remove(cluster);
                _holders[cluster] = now;
                return null;
            }

            return $"its turn: of all clusters at most {limit} {(limit == 1 ? "is" : "are")} changed at once, "
                + $"now {string.Join(", ", _holders.Keys.Order())}";
        }
    }

    public void Release(ClusterKey cluster)
    {
        bool released;
        lock (_lock)
        {
            released = _holders.Remove(cluster) | _waiting.Remove(cluster);
        }

        if (released)
        {
            changes.Notify();
        }
    }

    private sealed record Waiter(long Since, long Asked, bool Urgent);
}
