using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Spec;
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

    private static (EtcdRecord? Record, string? Fault) Read(string json) =>
        EtcdRecordJson.Read(new V1ConfigMap { Data = new Dictionary<string, string> { [EtcdRecordJson.Key] = json } });
}
