using System.Text;
using System.Text.Json;
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

    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true };

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

            return document.Deserialize<Envelope>(Options)?.Record is { } record ? (record, null) : (null, "it is empty");
        }
        catch (JsonException e)
        {
            return (null, $"it is broken: {e.Message}");
        }
    }

    private sealed record Envelope(int Version, EtcdRecord Record);
}
