using System.Text;
using System.Text.Json;
using GitOpsOperator.Domains.Etcd.Spec;
using k8s.Models;

namespace GitOpsOperator.Domains.Etcd.Live;

/// <summary>The record as it stands in its ConfigMap: one key with JSON that names its own version.</summary>
public static class EtcdRecordJson
{
    public const string Key = "record.json";

    /// <summary>Raised when a reader of the older form would misunderstand the newer one.</summary>
    private const int CurrentVersion = 1;

    /// <summary>
    /// Far below etcd's limit of 1.5 MiB for an object: a record is about one kilobyte, and more would be a fault of ours.
    /// </summary>
    private const int SizeLimit = 64 * 1024;

    /// <summary>More members than any cluster comes to have, one after the other.</summary>
    private const int MaxIndex = 1_000_000;

    private const int MaxSize = 7;

    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public static string Write(EtcdRecord record)
    {
        var json = JsonSerializer.Serialize(new Envelope(CurrentVersion, record), Options);
        var size = Encoding.UTF8.GetByteCount(json);
        return size <= SizeLimit
            ? json
            : throw new InvalidOperationException(
                $"The record would be {size} bytes; the limit is {SizeLimit}, and no record should come near it"
            );
    }

    /// <returns>The record, or why it cannot be read.</returns>
    public static (EtcdRecord? Record, string? Fault) Read(V1ConfigMap configMap)
    {
        if (configMap.Data is null || !configMap.Data.TryGetValue(Key, out var json))
        {
            return (null, $"its ConfigMap has no key {Key}");
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            if (
                document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty(nameof(Envelope.Version), out var version)
                || version.ValueKind != JsonValueKind.Number
                || !version.TryGetInt32(out var number)
            )
            {
                return (null, "it does not say its version");
            }

            if (number != CurrentVersion)
            {
                return (null, $"it has version {number}, and this operator reads version {CurrentVersion}: another release has written it");
            }

            return document.Deserialize<Envelope>(Options)?.Record is not { } record ? (null, "it is empty")
                : Contradiction(record) is { } contradiction ? (null, contradiction)
                : (record, null);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            // Of an intent that does not say its kind, the serializer says that it does not support it.
            return (null, $"it is broken: {e.Message}");
        }
    }

    /// <summary>
    /// Whoever may edit ConfigMaps may write anything here. What no operator would have written is not acted upon.
    /// </summary>
    private static string? Contradiction(EtcdRecord record) =>
        record.OwnerId.Length == 0 || record.Incarnation.Length == 0 ? "it names no owner, or no cluster"
        : record.NextIndex is < 0 or > MaxIndex ? $"its next index is {record.NextIndex}, which is not from 0 to {MaxIndex}"
        : record.FailedJoins is < 0 or > EtcdRecord.MaxFailedJoins ? $"it counts {record.FailedJoins} joins that failed"
        : record.Accepted is { Spec.Size: < 1 or > MaxSize }
            ? $"it has accepted {record.Accepted.Spec.Size} members, and 1 to {MaxSize} may be"
        : new[] { record.Accepted?.Spec, record.Held?.Spec }.OfType<EtcdSpec>().SelectMany(PodSettings).Any(text => !IsObject(text))
            ? "settings of pods that it has accepted are no JSON objects"
        : record.Intent is { } intent && (intent.Index < 0 || intent.Index >= Math.Max(1, record.NextIndex))
            ? $"it announces a change of index {intent.Index}, and the next index that is free is {record.NextIndex}"
        : record.Intent is EtcdIntent.Remove { Reason: var reason } && !Enum.IsDefined(reason)
            ? $"it announces a removal for reason {reason:D}"
        : new[] { record.Discarded?.Members, record.Retained?.Members }
            .OfType<IReadOnlyList<MemberVolume>>()
            .SelectMany(some => some)
            .FirstOrDefault(some => some.Index < 0 || some.Index >= record.NextIndex)
            is { Index: var gone }
            ? $"it names the volume of index {gone}, and the next index that is free is {record.NextIndex}"
        : null;

    private static string[] PodSettings(EtcdSpec spec) => [spec.Pods.Spec, spec.Pods.Labels, spec.Pods.Annotations];

    private static bool IsObject(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private sealed record Envelope(int Version, EtcdRecord Record);
}
