using System.Text;
using System.Text.Json.Nodes;
using GitOpsOperator.Sandbox.Api;
using GitOpsOperator.Sandbox.Api.Fields;
using GitOpsOperator.Sandbox.Api.Protobuf;

namespace GitOpsOperator.Sandbox.Tests.Api.Protobuf;

/// <summary>What kubectl writes for built-in kinds. That the real one is understood, <see cref="KubectlContract"/> shows.</summary>
public sealed class ProtobufBodyTests
{
    /// <summary>A ConfigMap as Go's library writes it: what is not a pointer is there, also where it is empty.</summary>
    private static readonly byte[] ConfigMap = Envelope(
        "v1",
        "ConfigMap",
        [
            .. Bytes(
                1,
                [
                    .. Text(1, "settings"),
                    .. Text(2, ""),
                    .. Text(3, "default"),
                    .. Number(7, 0),
                    .. Bytes(8, []),
                    .. Bytes(11, [.. Text(1, "app"), .. Text(2, "web")]),
                ]
            ),
            .. Bytes(2, [.. Text(1, "a"), .. Text(2, "1")]),
            .. Bytes(2, [.. Text(1, "empty"), .. Text(2, "")]),
            .. Bytes(3, [.. Text(1, "b"), .. Bytes(2, [1, 2, 255])]),
        ]
    );

    [Fact]
    public void An_object_is_read_as_its_JSON_would_be()
    {
        var expected = JsonNode.Parse(
            """
            {
              "apiVersion": "v1", "kind": "ConfigMap",
              "metadata": {"name": "settings", "namespace": "default", "labels": {"app": "web"}},
              "data": {"a": "1", "empty": ""}, "binaryData": {"b": "AQL/"}
            }
            """
        );
        var read = ProtobufBody.Parse(ConfigMap);
        Assert.True(JsonNode.DeepEquals(expected, read), read.ToJsonString());
    }

    [Fact]
    public void A_zero_counts_where_Go_has_a_pointer()
    {
        var spec = Read("apps/v1", "Deployment", Bytes(2, [.. Number(1, 0), .. Number(5, 0)]))["spec"]!.AsObject();
        Assert.Equal(["replicas"], spec.Select(field => field.Key));
        Assert.Equal(0, (int?)spec["replicas"]);
    }

    [Fact]
    public void Numbers_or_strings_times_and_fields_of_the_message_below_are_as_in_JSON()
    {
        var port = Bytes(1, [.. Number(3, 80), .. Bytes(4, [.. Number(1, 1), .. Number(2, 0), .. Text(3, "http")])]);
        Assert.Equal("http", (string?)Read("v1", "Service", Bytes(2, port))["spec"]!["ports"]![0]!["targetPort"]);

        var metadata = Bytes(1, [.. Text(1, "b"), .. Bytes(9, Number(1, 86_400))]);
        Assert.Equal("1970-01-02T00:00:00Z", (string?)Read("v1", "Pod", metadata)["metadata"]!["deletionTimestamp"]);

        var none = Bytes(2, Bytes(3, [.. Number(1, 0), .. Number(2, 0), .. Text(3, "")]));
        Assert.Equal(0, (int?)Read("policy/v1", "PodDisruptionBudget", none)["spec"]!["maxUnavailable"]);

        var volume = Bytes(2, Bytes(1, [.. Text(1, "v"), .. Bytes(2, Bytes(19, Bytes(1, Text(1, "settings"))))]));
        var read = Read("v1", "Pod", volume)["spec"]!["volumes"]![0]!.ToJsonString();
        Assert.Equal("""{"name":"v","configMap":{"name":"settings"}}""", read);
    }

    [Fact]
    public void A_body_that_ends_anywhere_or_is_changed_in_any_byte_is_read_or_refused()
    {
        for (var i = 0; i < ConfigMap.Length; i++)
        {
            _ = Refused(ConfigMap[..i]);
            foreach (var value in new byte[] { 0, 0x7f, 0x80, 0xff })
            {
                var changed = ConfigMap.ToArray();
                changed[i] = value;
                _ = Refused(changed);
            }
        }

        Assert.Equal(400, Refused([]));
        Assert.Equal(400, Refused("{}"u8.ToArray()));
        Assert.Equal(400, Refused(ConfigMap[..^1]));
    }

    [Fact]
    public void What_is_not_known_is_not_left_out()
    {
        Assert.Equal(415, Refused(Envelope("batch/v1", "Job", [])));
        Assert.Equal(415, Refused(Envelope("v1", "ConfigMap", Text(99, "x"))));
    }

    [Fact]
    public void Fields_have_the_names_that_the_kinds_have()
    {
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var kind in Kinds.BuiltIn.Where(kind => kind != Kinds.Definition))
        {
            var type = MessageType.OfKind(kind.ApiVersion, kind.Kind);
            Assert.True(type is not null, $"{kind.Kind} of {kind.ApiVersion} has no message");
            Walk(type, kind.Schema, missing);
        }

        Assert.Empty(missing);
    }

    private static void Walk(MessageType type, Schema schema, SortedSet<string> missing)
    {
        foreach (var field in type.Fields.Values)
        {
            var below = field.Name is null ? schema : schema.Field(field.Name);
            if (below is null)
            {
                missing.Add($"{type.Name}.{field.Name}");
                continue;
            }

            below = below switch
            {
                Schema.ListOf list => list.Element,
                Schema.MapOf map when field.IsMap => map.Element,
                _ => below,
            };
            if (below is Schema.Struct && MessageType.Find(field.Type) is { } message)
            {
                Walk(message, below, missing);
            }
        }
    }

    private static JsonObject Read(string apiVersion, string kind, byte[] raw) => ProtobufBody.Parse(Envelope(apiVersion, kind, raw));

    private static int? Refused(byte[] body)
    {
        try
        {
            _ = ProtobufBody.Parse(body);
            return null;
        }
        catch (ApiException refusal)
        {
            return refusal.Code;
        }
    }

    private static byte[] Envelope(string apiVersion, string kind, byte[] raw) =>
        [.. "k8s\0"u8, .. Bytes(1, [.. Text(1, apiVersion), .. Text(2, kind)]), .. Bytes(2, raw), .. Text(3, ""), .. Text(4, "")];

    private static byte[] Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Bytes(int field, byte[] bytes) => [.. Varint((field << 3) | 2), .. Varint(bytes.Length), .. bytes];

    private static byte[] Number(int field, int number) => [.. Varint(field << 3), .. Varint(number)];

    private static IEnumerable<byte> Varint(int value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            yield return (byte)(value | 0x80);
        }

        yield return (byte)value;
    }
}
