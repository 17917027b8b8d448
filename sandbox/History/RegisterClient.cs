using System.Globalization;
using Etcdserverpb;
using Google.Protobuf;
using Grpc.Core;

namespace GitOpsOperator.Sandbox.History;

/// <summary>
/// Reads, writes and swaps a few keys together with others, and logs what it was told. Its choices follow from its number. The keys are
/// others every few seconds: whether a history can be explained is soon too much to search, above all where answers are missing.
/// </summary>
internal sealed class RegisterClient(AppendedLines log, int number, Func<DateTime> deadline, TimeProvider time)
{
    private const int Keys = 4;
    private const int SecondsOfAKey = 10;
    private const long Numbers = 1_000_000_000;

    private readonly Random _random = new(number);
    private readonly Dictionary<string, string?> _known = [];
    private long _calls = number * Numbers;

    /// <summary>One call. False where the connection is of no more use.</summary>
    public async Task<bool> CallAsync(KV.KVClient client)
    {
        var key = string.Create(
            CultureInfo.InvariantCulture,
            $"register/{time.GetUtcNow().ToUnixTimeSeconds() / SecondsOfAKey}/{_random.Next(Keys)}"
        );
        var id = ++_calls;
        var value = string.Create(CultureInfo.InvariantCulture, $"{id}");
        var sent = _random.Next(4) switch
        {
            0 => new RegisterEvent(id, key, RegisterCall.Put, RegisterOutcome.Sent, value),
            1 => new RegisterEvent(id, key, RegisterCall.Swap, RegisterOutcome.Sent, value, _known.GetValueOrDefault(key)),
            _ => new RegisterEvent(id, key, RegisterCall.Get, RegisterOutcome.Sent),
        };
        log.Append(sent.ToLine());
        try
        {
            log.Append((await AnswerAsync(client, sent)).ToLine());
            return true;
        }
        catch (RpcException failure)
        {
            log.Append(
                (sent with { Outcome = HistoryWriter.IsRefusal(failure) ? RegisterOutcome.Error : RegisterOutcome.Unknown }).ToLine()
            );
            return false;
        }
    }

    private async Task<RegisterEvent> AnswerAsync(KV.KVClient client, RegisterEvent sent)
    {
        var key = ByteString.CopyFromUtf8(sent.Key);
        switch (sent.Call)
        {
            case RegisterCall.Get:
                var read = await client.RangeAsync(new() { Key = key }, deadline: deadline());
                return sent with
                {
                    Outcome = RegisterOutcome.Ok,
                    Value = _known[sent.Key] = read.Kvs.Count == 0 ? null : read.Kvs[0].Value.ToStringUtf8(),
                };
            case RegisterCall.Put:
                await client.PutAsync(new() { Key = key, Value = ByteString.CopyFromUtf8(sent.Value) }, deadline: deadline());
                _known[sent.Key] = sent.Value;
                return sent with { Outcome = RegisterOutcome.Ok };
            default:
                var swapped = await client.TxnAsync(Swap(key, sent), deadline: deadline());
                _known[sent.Key] = swapped.Succeeded ? sent.Value : null;
                return sent with { Outcome = swapped.Succeeded ? RegisterOutcome.Ok : RegisterOutcome.Other };
        }
    }

    private static TxnRequest Swap(ByteString key, RegisterEvent sent) =>
        new()
        {
            Compare =
            {
                sent.Expected is { } expected
                    ? new Compare
                    {
                        Key = key,
                        Target = Compare.Types.CompareTarget.Value,
                        Result = Compare.Types.CompareResult.Equal,
                        Value = ByteString.CopyFromUtf8(expected),
                    }
                    : new Compare
                    {
                        Key = key,
                        Target = Compare.Types.CompareTarget.Create,
                        Result = Compare.Types.CompareResult.Equal,
                        CreateRevision = 0,
                    },
            },
            Success =
            {
                new RequestOp
                {
                    RequestPut = new() { Key = key, Value = ByteString.CopyFromUtf8(sent.Value) },
                },
            },
        };
}
