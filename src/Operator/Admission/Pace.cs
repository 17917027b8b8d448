using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.Admission;

/// <summary>
/// At most so many clusters are in the middle of a disruptive change at once. A cluster is in from its first such step until it has nothing more
/// to do or cannot go on; whoever is worse off comes first, then whoever has waited longest.
/// </summary>
/// <param name="changes">Notified when there is room again.</param>
internal sealed class Pace(int limit, ChangeSignal changes, TimeProvider time)
{
    /// <summary>A cluster that only waits for that long makes room; it has its turn again when it asks again.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <summary>Who has not asked for that long does not wait any more.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<ClusterKey, long> _inside = [];
    private readonly Dictionary<ClusterKey, Waiter> _waiting = [];

    public bool IsInside(ClusterKey cluster)
    {
        lock (_lock)
        {
            return _inside.ContainsKey(cluster);
        }
    }

    /// <returns>Null where the cluster is in now; else why it has to wait.</returns>
    public string? Enter(ClusterKey cluster, bool urgent)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            foreach (
                var overdue in _inside.Where(entry => time.GetElapsedTime(entry.Value, now) >= Patience).Select(entry => entry.Key).ToList()
            )
            {
                _inside.Remove(overdue);
            }

            foreach (
                var gone in _waiting
                    .Where(entry => time.GetElapsedTime(entry.Value.Asked, now) >= Forgotten)
                    .Select(entry => entry.Key)
                    .ToList()
            )
            {
                _waiting.Remove(gone);
            }

            if (_inside.ContainsKey(cluster))
            {
                _inside[cluster] = now;
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
            if (ahead < limit - _inside.Count)
            {
                _waiting.Remove(cluster);
                _inside[cluster] = now;
                return null;
            }

            return $"its turn: of all clusters at most {limit} {(limit == 1 ? "is" : "are")} changed at once, now {string.Join(", ", _inside.Keys.Order())}";
        }
    }

    public void Leave(ClusterKey cluster)
    {
        bool left;
        lock (_lock)
        {
            left = _inside.Remove(cluster) | _waiting.Remove(cluster);
        }

        if (left)
        {
            changes.Notify();
        }
    }

    private sealed record Waiter(long Since, long Asked, bool Urgent);
}
