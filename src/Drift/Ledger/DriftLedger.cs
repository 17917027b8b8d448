using System.Collections.Immutable;
using GitOpsOperator.Drift.Comparison;

namespace GitOpsOperator.Drift.Ledger;

/// <summary>
/// What has to be remembered of one cluster's drift between looks: since when it is there, and how often it was reverted. In memory: after
/// a restart the count begins again, and "first seen" with it, unless whoever reports it knows better. For one caller at a time;
/// <see cref="Entries"/> may be read by any.
/// </summary>
public sealed class DriftLedger(DriftOptions options, TimeProvider time)
{
    private readonly Dictionary<(string Target, string Path), DateTimeOffset> _firstSeen = [];
    private readonly Dictionary<(string Target, string Path), List<DateTimeOffset>> _reverts = [];
    private readonly HashSet<(string Target, string Path)> _given = [];
    private readonly Dictionary<string, FailedRevert> _failed = new(StringComparer.Ordinal);
    private volatile ImmutableEntries _entries = new([]);

    /// <summary>What is to be reported: what differs, and what was cured a short while ago.</summary>
    public ImmutableArray<DriftEntry> Entries => _entries.Value;

    /// <summary>Takes over what was just seen, and returns it with those not to be reverted any more set apart.</summary>
    public ImmutableArray<DriftFact> Take(ImmutableArray<DriftFact> facts)
    {
        var now = time.GetUtcNow();
        var seen = facts.Select(fact => fact.Where).ToHashSet();
        foreach (var where in _firstSeen.Keys.Where(where => !seen.Contains(where)).ToList())
        {
            _firstSeen.Remove(where);
            _given.Remove(where);
        }

        foreach (var where in seen)
        {
            _firstSeen.TryAdd(where, now);
            if (IsFight(where, now))
            {
                _given.Add(where);
            }
        }

        // An object is applied as a whole: while one field of it is fought over, the others wait too.
        var fought = _given.Select(where => where.Target).ToHashSet(StringComparer.Ordinal);
        var drifted = facts.Select(fact => fact.Target).ToHashSet(StringComparer.Ordinal);
        foreach (var target in _failed.Keys.Where(target => !drifted.Contains(target)).ToList())
        {
            _failed.Remove(target);
        }

        var judged = facts
            .Select(fact =>
                !fact.Reverts ? fact
                : fought.Contains(fact.Target) ? fact with { Reverts = false, Action = Stopped(fact) }
                : Waits(fact.Target) is { } failed ? fact with { Reverts = false, Action = failed.Action }
                : fact
            )
            .ToImmutableArray();
        _entries = new([
            .. judged.Select(fact => new DriftEntry(
                fact,
                _firstSeen[fact.Where],
                null,
                fact.Action,
                fact.Reverts ? "at the next pass"
                    : _failed.GetValueOrDefault(fact.Target) is { } failed && failed.Action == fact.Action ? failed.When
                    : null
            )),
            .. Cured(seen, now),
        ]);
        return judged;
    }

    /// <summary>An object was reverted: each of its differences counts.</summary>
    public void NoteRevert(string target)
    {
        _failed.Remove(target);
        var now = time.GetUtcNow();
        foreach (
            var where in Entries
                .Where(entry => entry.CuredAt is null && entry.Fact.Reverts && entry.Fact.Target == target)
                .Select(entry => entry.Fact.Where)
        )
        {
            if (!_reverts.TryGetValue(where, out var times))
            {
                _reverts[where] = times = [];
            }

            times.Add(now);
        }
    }

    /// <summary>An object could not be reverted: what else there is to do comes first for a while.</summary>
    /// <param name="why">A sentence without a full stop.</param>
    public void NoteFailure(string target, string why)
    {
        var times = (_failed.GetValueOrDefault(target)?.Times ?? 0) + 1;
        _failed[target] = new(times, options.RevertRetry.After(times), time.GetTimestamp(), why);
    }

    private FailedRevert? Waits(string target) =>
        _failed.GetValueOrDefault(target) is { } failed && time.GetElapsedTime(failed.Since) < failed.Pause ? failed : null;

    // A change of the desired state is carried out, not cured: it leaves the report when it is done.
    private IEnumerable<DriftEntry> Cured(HashSet<(string Target, string Path)> seen, DateTimeOffset now) =>
        Entries
            .Where(entry => !seen.Contains(entry.Fact.Where) && entry.Fact.Differs && entry.Fact.Class != DriftClass.Intent)
            .Select(entry =>
                entry with
                {
                    CuredAt = entry.CuredAt ?? now,
                    Action = "nothing more: live state matches the desired state again",
                    When = null,
                }
            )
            .Where(entry => now - entry.CuredAt < options.CuredStays);

    private bool IsFight((string Target, string Path) where, DateTimeOffset now)
    {
        if (!_reverts.TryGetValue(where, out var times))
        {
            return false;
        }

        times.RemoveAll(at => now - at >= options.FightWindow);
        if (times.Count == 0)
        {
            _reverts.Remove(where);
        }

        return times.Count >= options.FightLimit;
    }

    private string Stopped(DriftFact fact) =>
        $"not reverted any more: it was {options.FightLimit} times within {options.FightWindow.TotalMinutes:0} min, and came "
        + "back each time; "
        + (fact.Actor is { } actor ? $"the other owner is {actor.Manager}" : "who changes it is not recorded by the API");

    private sealed record FailedRevert(int Times, TimeSpan Pause, long Since, string Why)
    {
        public string Action => $"could not be reverted: {Why}";

        public string When => $"tried again after {Pause.TotalSeconds:0} s";
    }

    private sealed record ImmutableEntries(ImmutableArray<DriftEntry> Value);
}
