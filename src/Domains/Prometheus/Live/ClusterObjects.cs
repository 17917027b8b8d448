using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using GitOpsOperator.Domains.Prometheus.Spec;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Specs;
using k8s.Models;

namespace GitOpsOperator.Domains.Prometheus.Live;

/// <summary>What the cluster itself has that a Prometheus' selectors ask for, at one moment.</summary>
/// <param name="Objects">Monitors and rules that somebody, such as a chart, has put there; those that can be read.</param>
/// <param name="Findings">About all of them, also those that cannot be read.</param>
/// <param name="NamespaceLabels">Of each namespace.</param>
public sealed record SelectableObjects(
    ImmutableArray<MonitoringDocument> Objects,
    ImmutableArray<Finding> Findings,
    ImmutableDictionary<string, IReadOnlyDictionary<string, string>> NamespaceLabels
)
{
    public static readonly SelectableObjects None = new([], [], ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty);
}

/// <summary>Where <see cref="SelectableObjects"/> come from.</summary>
public interface ISelectableObjects
{
    /// <summary>False where only git is looked into.</summary>
    bool WatchesMonitors { get; }

    /// <summary>False where only the names of namespaces are known, not their labels.</summary>
    bool KnowsNamespaces => true;

    SelectableObjects Now { get; }
}

/// <summary>
/// Keeps them up to date by watches while somebody holds them. What cannot be watched any more is kept as it was last known and nothing
/// new is rendered of it: that Kubernetes is out of reach must not cost a Prometheus its targets.
/// </summary>
public sealed partial class ClusterObjects : ISelectableObjects
{
    /// <summary>
    /// They are in the API server already, which has its own limits; one that is beyond those for one document is left out by itself.
    /// </summary>
    private static readonly ReadingLimits Limits = new() { Files = int.MaxValue, TotalBytes = long.MaxValue };

    private readonly Lock _lock = new();
    private readonly ChangeSignal _changes = new();
    private readonly DocumentReader _reader = new(MonitoringKind.InCluster, Limits);
    private readonly ConditionalWeakTable<CustomObject, SourceFile> _files = [];
    private readonly CachedKind<V1Namespace>? _namespaces;
    private readonly ImmutableArray<CachedKind<CustomObject>> _monitors;
    private readonly CachedKinds _all;
    private readonly CachedKinds _withoutMonitors;
    private (long Count, SelectableObjects Objects)? _known;

    /// <param name="monitors">Whether monitors and rules are watched, not only namespaces.</param>
    /// <param name="changed">Called, from any thread, when something has changed.</param>
    public ClusterObjects(KubernetesCache cache, bool monitors, Action changed)
    {
        WatchesMonitors = monitors;
        _namespaces = cache.IsNamespaced
            ? null
            : cache.RequestOnDemand<V1Namespace>(
                ApiResources.Namespaces,
                item =>
                    new()
                    {
                        Metadata = new()
                        {
                            Name = item.Metadata.Name,
                            Labels = item.Metadata.Labels,
                            ResourceVersion = item.Metadata.ResourceVersion,
                        },
                    },
                _ => Changed(),
                metadataOnly: true
            );
        _monitors = monitors
            ?
            [
                .. MonitoringKind.InCluster.Select(kind =>
                    cache.RequestOnDemand<CustomObject>(
                        ApiResources.Custom(kind.Name, kind.ApiGroup, kind.Version, kind.Resource),
                        item => Keep(kind, item),
                        _ => Changed()
                    )
                ),
            ]
            : [];
        ICachedKind[] namespaces = _namespaces is null ? [] : [_namespaces];
        (_all, _withoutMonitors) = (cache.Together([.. namespaces, .. _monitors]), cache.Together(namespaces));

        void Changed()
        {
            _changes.Notify();
            changed();
        }
    }

    public bool WatchesMonitors { get; }

    public bool KnowsNamespaces => _namespaces is not null;

    /// <summary>What may not be decided on any more; null while all that is held is fresh enough.</summary>
    public ViewAge? Stale => _all.Stale;

    /// <summary>Has watched what a Prometheus may select from, until the hold is disposed of.</summary>
    /// <param name="takesFromCluster">What its document says; null where it says nothing.</param>
    public IDisposable Hold(bool? takesFromCluster) =>
        new Holds([
            .. _namespaces is null ? (IDisposable[])[] : [_namespaces.Hold()],
            .. TakesMonitors(takesFromCluster) ? _monitors.Select(kind => kind.Hold()) : [],
        ]);

    /// <summary>Waits until what is held for a document is known.</summary>
    /// <exception cref="StaleViewException">It is not known, or may not be decided on any more.</exception>
    public Task WaitFreshAsync(bool? takesFromCluster, CancellationToken cancellationToken) =>
        (TakesMonitors(takesFromCluster) ? _all : _withoutMonitors).WaitFreshAsync(cancellationToken);

    public SelectableObjects Now
    {
        get
        {
            lock (_lock)
            {
                // Counted before it is read: what comes meanwhile is read again.
                var count = _changes.Count;
                if (_known?.Count != count)
                {
                    _known = (count, Read());
                }

                return _known.Value.Objects;
            }
        }
    }

    private bool TakesMonitors(bool? takesFromCluster) => WatchesMonitors && takesFromCluster != false;

    private SelectableObjects Read()
    {
        var read = _reader.Read([
            .. _monitors
                .SelectMany(monitors => monitors.Objects.Values)
                .Select(item =>
                    _files.TryGetValue(item, out var file)
                        ? file
                        : throw new InvalidOperationException("An object was kept without its text")
                ),
        ]);
        return new(
            [.. read.Parts.Cast<MonitoringDocument>()],
            read.Findings,
            (_namespaces?.Objects.Values ?? []).ToImmutableDictionary(
                item => item.Metadata.Name,
                IReadOnlyDictionary<string, string> (item) =>
                    new Dictionary<string, string>(item.Labels() ?? new Dictionary<string, string>())
            )
        );
    }

    /// <summary>Its text is all that is needed of it, and is made once.</summary>
    private CustomObject Keep(MonitoringKind kind, CustomObject item)
    {
        var metadata = item.Metadata;
        var kept = new CustomObject
        {
            Metadata = new()
            {
                Name = metadata.Name,
                NamespaceProperty = metadata.NamespaceProperty,
                ResourceVersion = metadata.ResourceVersion,
            },
        };
        _files.Add(
            kept,
            new(
                $"{kind.Name} {metadata.NamespaceProperty}/{metadata.Name}.yaml",
                $"{metadata.Uid} {metadata.ResourceVersion}",
                TextOf(kind, item)
            )
        );
        return kept;
    }

    /// <summary>
    /// As a document of git would say it: JSON is YAML, but for how it escapes characters of more than 16 bits (YAML 1.2, section 5.7).
    /// </summary>
    private static ReadOnlyMemory<byte> TextOf(MonitoringKind kind, CustomObject item)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new() { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", kind.ApiVersion);
            json.WriteString("kind", kind.Name);
            json.WriteStartObject("metadata");
            json.WriteString("name", item.Metadata.Name);
            json.WriteString("namespace", item.Metadata.NamespaceProperty);
            json.WriteStartObject("labels");
            foreach (var (label, value) in item.Metadata.Labels ?? new Dictionary<string, string>())
            {
                json.WriteString(label, value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
            if (item.Spec is not null)
            {
                json.WritePropertyName("spec");
                item.Spec.WriteTo(json);
            }

            json.WriteEndObject();
        }

        var text = Encoding.UTF8.GetString(buffer.WrittenSpan);
        return Encoding.UTF8.GetBytes(
            Escape()
                .Replace(
                    text,
                    escape =>
                        escape.Groups["high"] is not { Success: true, Value: var high }
                            ? escape.Value
                            : string.Create(
                                CultureInfo.InvariantCulture,
                                $"\\U{char.ConvertToUtf32(Unit(high), Unit(escape.Groups["low"].Value)):X8}"
                            )
                )
        );

        static char Unit(string digits) => (char)int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    private sealed class Holds(ImmutableArray<IDisposable> holds) : IDisposable
    {
        public void Dispose()
        {
            foreach (var hold in holds)
            {
                hold.Dispose();
            }
        }
    }

    /// <summary>Every escape, so that a backslash before an escaped one is not taken for its beginning.</summary>
    [GeneratedRegex(@"\\(?:u(?<high>[dD][89abAB][0-9a-fA-F]{2})\\u(?<low>[dD][c-fC-F][0-9a-fA-F]{2})|.)", RegexOptions.CultureInvariant)]
    private static partial Regex Escape();
}
