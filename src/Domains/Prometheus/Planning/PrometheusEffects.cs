using System.Collections.Immutable;
using System.Globalization;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Domains.Prometheus.Spec;
using GitOpsOperator.Reconcile.Approvals;

namespace GitOpsOperator.Domains.Prometheus.Planning;

/// <summary>What a change of a Prometheus does to its history and nobody can take back. Pure.</summary>
internal static class PrometheusEffects
{
    public static ImmutableArray<DataEffect> Of(PrometheusComparison s) => [.. Retention(s), .. Replicas(s), .. Version(s)];

    /// <summary>Unique ids of what holds the history: recreated, it is another history.</summary>
    public static IEnumerable<string> Incarnation(PrometheusComparison s) => s.Running.Select(shard => shard.Set!.Uid);

    private static IEnumerable<DataEffect> Retention(PrometheusComparison s)
    {
        var desired = s.Desired.Retention;
        var longer = s.Live.Shards.SelectMany(shard => Kept(s, shard)).Where(entry => desired.IsShorterThan(entry.Retention)).ToArray();
        if (longer.Length == 0)
        {
            yield break;
        }

        // The longest, so that it stays the same until the last process has been told.
        var before = longer
            .Select(entry => entry.Retention)
            .MaxBy(retention => (retention.Time ?? TimeSpan.MaxValue, retention.Bytes ?? long.MaxValue))!;
        var holds = longer
            .Where(entry => entry.History is not null)
            .Select(entry => Held(entry.Name, entry.History!, desired))
            .Distinct()
            .ToArray();
        yield return new(
            $"retention {desired.Text}",
            before.Text,
            $"history beyond {desired.Text} is deleted, where {before.Text} was "
                + $"kept{(holds.Length > 0 ? $" ({string.Join("; ", holds)})" : "")}"
        );
    }

    /// <summary>Blocks go whole, and hold about as much for each day: what goes can only be told about.</summary>
    private static string Held(string replica, HistoryLive held, Retention desired)
    {
        var beyond = desired.Time is { } time && held.Age > time ? held.Age - time : TimeSpan.Zero;
        var bytes = Math.Max((long)(held.Bytes * (beyond / held.Age)), desired.Bytes is { } most ? held.Bytes - most : 0);
        return $"{replica} holds {Days(held.Age)} in {Size(held.Bytes)} now, of which "
            + (
                beyond > TimeSpan.Zero ? $"{Days(beyond)} and about {Size(bytes)} go"
                : bytes > 0 ? $"about {Size(bytes)} go"
                : "nothing goes yet"
            );
    }

    /// <summary>By the processes' own word, or else by the flags that they are started with.</summary>
    private static (string Name, Retention Retention, HistoryLive? History)[] Kept(PrometheusComparison s, ShardLive shard)
    {
        var told = shard
            .Replicas.Where(replica => replica.Server?.Retention is not null)
            .Select(replica => (s.Replica(shard, replica), replica.Server!.Retention!, replica.Server.History))
            .ToArray();
        return told.Length > 0 ? told
            : shard.Set?.Retention is { } flags ? [(s.Names.Shard(shard.Index), flags, null)]
            : [];
    }

    /// <summary>Fewer replicas lose history only where it goes with them.</summary>
    private static IEnumerable<DataEffect> Replicas(PrometheusComparison s)
    {
        var claims = s.Desired.Spec["storage"]["volumeClaimTemplate"]["spec"].Exists;
        var deleted = s.Desired.Spec["persistentVolumeClaimRetentionPolicy"]["whenScaled"].Text == "Delete";
        if (claims && !deleted)
        {
            yield break;
        }

        // Pods that still end count: until they are gone this is under way.
        foreach (var shard in s.Running)
        {
            var last = Math.Max(shard.Set!.Replicas, shard.Replicas.Select(replica => replica.Ordinal + 1).DefaultIfEmpty(0).Max());
            if (last > s.Desired.Replicas)
            {
                var names = string.Join(
                    ", ",
                    Enumerable.Range(s.Desired.Replicas, last - s.Desired.Replicas).Select(ordinal => s.Names.Pod(shard.Index, ordinal))
                );
                yield return new(
                    $"replicas of {s.Names.Shard(shard.Index)} {s.Desired.Replicas}",
                    "more",
                    $"the history of {names} goes with "
                        + (
                            claims
                                ? "their volumes (persistentVolumeClaimRetentionPolicy.whenScaled is Delete)"
                                : "their pods, which have no volumes"
                        )
                );
            }
        }
    }

    private static IEnumerable<DataEffect> Version(PrometheusComparison s)
    {
        // Patch releases change no format.
        var desired = PrometheusRendering.VersionOf(s.Desired);
        var newer = s
            .Live.Shards.SelectMany(shard => shard.Replicas)
            .Select(replica => PrometheusVersion.TryParse(replica.Server?.Version, out var version) ? version : desired)
            .Where(version => (version.Major, version.Minor).CompareTo((desired.Major, desired.Minor)) > 0)
            .ToArray();
        if (newer.Length > 0)
        {
            yield return new(
                $"version {desired}",
                newer.Max().ToString(),
                $"{desired} may be unable to read the history that {newer.Max()} has written, and then does not start"
            );
        }
    }

    private static string Days(TimeSpan history) =>
        history < TimeSpan.FromDays(2)
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)history.TotalHours} h")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)history.TotalDays} d");

    private static string Size(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var unit = bytes < 1024 ? 0 : Math.Min(units.Length - 1, (int)Math.Log(bytes, 1024));
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / Math.Pow(1024, unit):0.#} {units[unit]}");
    }
}
