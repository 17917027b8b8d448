using System.Collections.Immutable;
using System.IO.Compression;
using System.Text.Json;
using k8s.Models;

namespace GitOpsOperator.Domains.Prometheus.Live;

/// <summary>
/// The Secret that keeps what was last seen at work in every pod, to be restored when something newer is refused, and what was refused
/// since. Compressed, since it holds the files of all shards.
/// </summary>
public static class ConfirmedFiles
{
    public const string FilesKey = "files.json.gz";
    public const string RejectedKey = "rejected.json";

    /// <summary>No Secret can hold this much compressed YAML unless somebody means harm.</summary>
    private const int MaxFilesLength = 64 << 20;

    public static Dictionary<string, byte[]> Data(PrometheusFiles? confirmed, RejectedFiles? rejected)
    {
        var data = new Dictionary<string, byte[]>();
        if (confirmed is not null)
        {
            data[FilesKey] = Compress(
                JsonSerializer.SerializeToUtf8Bytes(
                    new Stored(
                        [
                            .. confirmed.Shards.Select(shard => new StoredText(
                                shard.Digest,
                                shard.Text,
                                shard.Assets.IsEmpty ? null : new(shard.Assets)
                            )),
                        ],
                        [.. confirmed.Rules.Select(rules => new StoredRules(rules.Digest, new(rules.Files)))],
                        confirmed.Shown
                    )
                )
            );
        }

        if (rejected is not null)
        {
            data[RejectedKey] = JsonSerializer.SerializeToUtf8Bytes(rejected);
        }

        return data;
    }

    /// <summary>Null where it holds none, or none that can be read: then there is nothing to go back to.</summary>
    public static PrometheusFiles? Read(V1Secret secret) =>
        Read<Stored>(secret, FilesKey, Decompress) is { } stored
            ? new(
                [.. stored.Shards.Select(Text)],
                [
                    .. stored.Rules.Select(rules => new MarkedRules(
                        rules.Digest,
                        rules.Files.ToImmutableSortedDictionary(StringComparer.Ordinal)
                    )),
                ]
            )
            {
                Shown = stored.Shown,
            }
            : null;

    public static RejectedFiles? Rejection(V1Secret secret) => Read<RejectedFiles>(secret, RejectedKey, bytes => bytes);

    private static T? Read<T>(V1Secret secret, string key, Func<byte[], byte[]> unpack)
        where T : class
    {
        if (secret.Data is null || !secret.Data.TryGetValue(key, out var bytes))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<T>(unpack(bytes));
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            return null;
        }
    }

    private static MarkedText Text(StoredText stored) =>
        new(stored.Digest, stored.Text)
        {
            Assets = stored.Assets?.ToImmutableSortedDictionary(StringComparer.Ordinal) ?? ImmutableSortedDictionary<string, string>.Empty,
        };

    private static byte[] Compress(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    private static byte[] Decompress(byte[] packed)
    {
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var content = new MemoryStream();
        var buffer = new byte[81920];
        int read;
        while ((read = gzip.Read(buffer)) > 0)
        {
            content.Write(buffer, 0, read);
            if (content.Length > MaxFilesLength)
            {
                throw new InvalidDataException("more than any configuration has");
            }
        }

        return content.ToArray();
    }

    private sealed record Stored(List<StoredText> Shards, List<StoredRules> Rules, string? Shown);

    private sealed record StoredText(string Digest, string Text, Dictionary<string, string>? Assets);

    private sealed record StoredRules(string Digest, Dictionary<string, string> Files);
}
