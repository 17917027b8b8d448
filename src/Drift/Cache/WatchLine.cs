using System.Net;
using System.Text.Json;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Drift.Cache;

/// <summary>One event of a watch.</summary>
public sealed record WatchLine<T>(WatchEventType Type, T Item)
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    /// <exception cref="JsonException">It cannot be read, and must not be skipped.</exception>
    /// <exception cref="ApiAnswerException">The server reports an error; 410 means that the version is too old to go on from.</exception>
    internal static WatchLine<T> Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        if (
            root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("type", out var type)
            || !root.TryGetProperty("object", out var item)
        )
        {
            throw new JsonException("A line of a watch is no event");
        }

        return type.GetString() switch
        {
            "ADDED" => new(WatchEventType.Added, Read()),
            "MODIFIED" => new(WatchEventType.Modified, Read()),
            "DELETED" => new(WatchEventType.Deleted, Read()),
            "BOOKMARK" => new(WatchEventType.Bookmark, Read()),
            "ERROR" => throw Failure(KubernetesJson.Deserialize<V1Status>(item.GetRawText())),
            var other => throw new JsonException($"A watch has an event of the unknown type '{other}'"),
        };

        T Read() =>
            KubernetesJson.Deserialize<T>(item.GetRawText()) is { Metadata: not null } read
                ? read
                : throw new JsonException("An event of a watch has an object without metadata");
    }

    private static ApiAnswerException Failure(V1Status? status) =>
        new(
            (HttpStatusCode)(status?.Code ?? (int)HttpStatusCode.InternalServerError),
            status?.Message ?? "the watch has failed without a reason"
        );
}
