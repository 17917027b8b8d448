using Etcdserverpb;
using Google.Protobuf;
using Grpc.Net.Client;

namespace GitOpsOperator.Sandbox.History;

/// <summary>The keys of a history that a cluster holds, read page by page at one revision.</summary>
public static class StoredKeys
{
    private const int PageSize = 2000;

    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(
        Uri service,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        using var channel = HistoryWriter.Connect(service);
        return await ReadAsync(channel, time, cancellationToken);
    }

    internal static async Task<IReadOnlyDictionary<string, string>> ReadAsync(
        GrpcChannel channel,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var client = new KV.KVClient(channel);
        var keys = new Dictionary<string, string>();
        var from = ByteString.CopyFromUtf8(PutHistory.KeyPrefix);
        var end = ByteString.CopyFromUtf8("history0"); // '0' follows '/'
        long revision = 0;
        while (true)
        {
            var page = await client.RangeAsync(
                new()
                {
                    Key = from,
                    RangeEnd = end,
                    Limit = PageSize,
                    Revision = revision,
                },
                deadline: time.GetUtcNow().UtcDateTime + TimeSpan.FromSeconds(10),
                cancellationToken: cancellationToken
            );
            revision = revision == 0 ? page.Header.Revision : revision;
            foreach (var entry in page.Kvs)
            {
                keys[entry.Key.ToStringUtf8()] = entry.Value.ToStringUtf8();
            }

            if (!page.More)
            {
                return keys;
            }

            from = ByteString.CopyFrom([.. page.Kvs[^1].Key.Span, 0]);
        }
    }
}
