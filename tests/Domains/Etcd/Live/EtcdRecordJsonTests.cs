using System.Text.Json.Nodes;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Reporting;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Domains.Etcd.Tests.Planning;
using GitOpsOperator.Specs;
using k8s.Models;

namespace GitOpsOperator.Domains.Etcd.Tests.Live;

public sealed class EtcdRecordJsonTests
{
    private static readonly EtcdRecord Full = new()
    {
        OwnerId = "default",
        Incarnation = "abc",
        ClusterId = ulong.MaxValue,
        NextIndex = 5,
        Intent = new EtcdIntent.Remove(2, 77, RemovalReason.Wiped),
        Discarded = new([1, 2], [new(1, "claim-1"), new(0, null)]),
        Retained = new([new(2, "claim-2")]),
        Reached = new(3, 4_000),
        Accepted = new(
            "commit",
            "etcd/orders.yaml",
            3,
            "blob",
            new EtcdSpec
            {
                Size = 3,
                Version = new(3, 5, 16),
                Storage = new EtcdStorage.Persistent(Quantity.TryParse("8Gi", out var size) ? size : default, "fast"),
            }
        ),
    };

    [Fact]
    public void What_was_written_is_read() => Assert.Equal((Full, null), Read(EtcdRecordJson.Write(Full)));

    [Fact]
    public void A_record_that_another_release_wrote_is_not_guessed_at() =>
        Assert.Contains(
            "version 2",
            Read(EtcdRecordJson.Write(Full).Replace("\"Version\": 1", "\"Version\": 2", StringComparison.Ordinal)).Fault,
            StringComparison.Ordinal
        );

    [
        Theory,
        InlineData("{"),
        InlineData("{}"),
        InlineData("[]"),
        InlineData("null"),
        InlineData("""{"Version":1}"""),
        InlineData("""{"Version":1,"Record":null}"""),
        InlineData("""{"Version":1,"Record":{"OwnerId":"x"}}""")
    ]
    public void A_broken_record_is_a_fault_with_words(string json)
    {
        var (record, fault) = Read(json);
        Assert.Null(record);
        Assert.NotNull(fault);
    }

    [Fact]
    public void A_record_out_of_all_bounds_is_refused_before_it_is_sent() =>
        Assert.Throws<InvalidOperationException>(() => EtcdRecordJson.Write(Full with { Incarnation = new('x', 70_000) }));

    /// <summary>Whoever may edit ConfigMaps may write anything: it is named, or harmless, and never ends in an exception.</summary>
    [Fact]
    public void Any_value_that_is_replaced_by_another_is_a_fault_or_a_record_that_can_be_decided_on()
    {
        var live = Scene.Running(3);
        var good = EtcdRecordJson.Write(
            live.Record! with
            {
                Intent = new EtcdIntent.Remove(2, 77, RemovalReason.Shrink),
                Held = new(Full.Accepted!.Spec, new("base", true, 1, false, 0, 0, 0, 1)),
                Snapshot = new("file", new(3, 5, 16)),
            }
        );
        string[] others = ["null", "-1", "2147483647", "1e99", "\"\"", "\"x\"", "{}", "[]", "[null]", "true"];
        var (faults, records) = (0, 0);
        foreach (var path in Paths(JsonNode.Parse(good)!["Record"]!, []))
        {
            foreach (var other in others)
            {
                var json = JsonNode.Parse(good)!;
                Replace(json["Record"]!, path, JsonNode.Parse(other));
                var (record, fault) = Read(json.ToJsonString());
                Assert.True(record is null != fault is null, $"{string.Join('.', path)}: {other}");
                if (record is null)
                {
                    faults++;
                    continue;
                }

                records++;
                try
                {
                    EtcdReport.Of(
                        Scene.Desired(3),
                        live with
                        {
                            Record = record,
                        },
                        Scene.Next(Scene.Desired(3), live with { Record = record }),
                        null
                    );
                }
                catch (Exception e)
                {
                    Assert.Fail($"{string.Join('.', path)}: {other}: {e}");
                }
            }
        }

        Assert.True(faults > 100 && records > 10, $"{faults} faults, {records} records");
    }

    [Theory]
    [InlineData(nameof(EtcdRecord.NextIndex), "2147483647", "next index")]
    [InlineData(nameof(EtcdRecord.NextIndex), "-1", "next index")]
    [InlineData(nameof(EtcdRecord.FailedJoins), "-5", "joins that failed")]
    [InlineData(nameof(EtcdRecord.Intent), """{"$type":"remove","Index":9,"MemberId":1,"Reason":0}""", "index 9")]
    [InlineData(nameof(EtcdRecord.Intent), """{"$type":"remove","Index":2,"MemberId":1,"Reason":7}""", "reason 7")]
    [InlineData(nameof(EtcdRecord.Retained), """{"Members":[{"Index":5,"ClaimUid":"x"}]}""", "index 5")]
    [InlineData(nameof(EtcdRecord.Discarded), """{"Kept":[],"Members":[{"Index":-1,"ClaimUid":"x"}]}""", "index -1")]
    [InlineData(nameof(EtcdRecord.Intent), "{}", "broken")]
    public void What_no_operator_would_have_written_is_named(string field, string value, string named)
    {
        var json = JsonNode.Parse(EtcdRecordJson.Write(Full))!;
        json["Record"]![field] = JsonNode.Parse(value);
        Assert.Contains(named, Read(json.ToJsonString()).Fault, StringComparison.Ordinal);
    }

    private static IEnumerable<string[]> Paths(JsonNode node, string[] above) =>
        node is JsonObject fields
            ? fields.SelectMany(field =>
                new[] { above.Append(field.Key).ToArray() }.Concat(field.Value is null ? [] : Paths(field.Value, [.. above, field.Key]))
            )
            : [];

    private static void Replace(JsonNode root, string[] path, JsonNode? value) =>
        path[..^1].Aggregate(root, (node, field) => node[field]!)[path[^1]] = value;

    private static (EtcdRecord? Record, string? Fault) Read(string json) =>
        EtcdRecordJson.Read(new V1ConfigMap { Data = new Dictionary<string, string> { [EtcdRecordJson.Key] = json } });
}
