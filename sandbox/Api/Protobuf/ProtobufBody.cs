using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsOperator.Sandbox.Api.Protobuf;

/// <summary>
/// A body as kubectl writes it for the built-in kinds: four letters, an envelope that names the kind, and in it the object. It is read into
/// what the same client would have written in JSON.
/// </summary>
internal static class ProtobufBody
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    /// <exception cref="ApiException">400: it is no such body. 415: it is one of a kind that is not known here, or newer than what
    /// is.</exception>
    public static JsonObject Parse(ReadOnlySpan<byte> body)
    {
        if (!body.StartsWith(Magic))
        {
            throw ApiException.BadRequest("the body is not Kubernetes' protobuf: it does not begin with k8s and a zero byte");
        }

        try
        {
            var envelope = Message(body[Magic.Length..], MessageType.Find("runtime.Unknown")!);
            var (apiVersion, kind) = (envelope.Text("typeMeta", "apiVersion") ?? "", envelope.Text("typeMeta", "kind") ?? "");
            var type =
                MessageType.OfKind(apiVersion, kind)
                ?? throw ApiException.UnsupportedMediaType($"application/json for {kind} of {apiVersion}");
            var node = Message(Convert.FromBase64String(envelope.Text("raw") ?? ""), type);
            node["apiVersion"] = apiVersion;
            node["kind"] = kind;

            // Values that were made and not read answer to one type only.
            return Json.Parse(Json.Bytes(node)).AsObject();
        }
        catch (Exception error) when (error is FormatException or JsonException or DecoderFallbackException or ArgumentOutOfRangeException)
        {
            throw ApiException.BadRequest($"the body is not Kubernetes' protobuf: {error.Message}");
        }
    }

    private static JsonObject Message(ReadOnlySpan<byte> bytes, MessageType type)
    {
        var node = new JsonObject();
        var reader = new WireReader(bytes);
        while (reader.Next() is > 0 and var number)
        {
            // A field that was left out unread would be a wish that nobody hears.
            var field =
                type.Fields.GetValueOrDefault(number)
                ?? throw ApiException.UnsupportedMediaType(
                    $"application/json for a {type.Name} with field {number}, which is not known here"
                );
            Add(node, field, reader.Value);
        }

        return node;
    }

    private static void Add(JsonObject node, MessageField field, WireValue value)
    {
        if (field.IsMap)
        {
            var (key, entry) = Entry(value.Bytes, field);
            node.Object(field.Name!)[key] = entry;
        }
        else if (field.IsList)
        {
            var list = node[field.Name!] as JsonArray;
            node[field.Name!] = list ??= [];
            list.Add(Value(field.Type, value));
        }
        else if (field.Name is null)
        {
            foreach (var (name, inner) in Message(value.Bytes, MessageType.Find(field.Type)!).ToList())
            {
                node[name] = inner?.DeepClone();
            }
        }
        else if (Value(field.Type, value) is { } single && (field.ZeroCounts || !IsZero(single)))
        {
            node[field.Name] = single;
        }
    }

    private static (string Key, JsonNode? Value) Entry(ReadOnlySpan<byte> bytes, MessageField field)
    {
        var (key, value) = ("", (JsonNode?)null);
        var reader = new WireReader(bytes);
        while (reader.Next() is > 0 and var number)
        {
            if (number == 1)
            {
                key = Strict.GetString(reader.Value.Bytes);
            }
            else
            {
                value = Value(field.Type, reader.Value);
            }
        }

        // A value that is empty is left out.
        return (key, value ?? Value(field.Type, new WireValue([])));
    }

    /// <summary>Some messages are single values in JSON.</summary>
    private static JsonNode? Value(string type, WireValue value) =>
        type switch
        {
            "string" => (JsonNode)Strict.GetString(value.Bytes),
            "bytes" => Convert.ToBase64String(value.Bytes),
            "bool" => value.Number != 0,
            "double" => BitConverter.UInt64BitsToDouble(value.Number),
            "int32" or "int64" => (long)value.Number,
            "meta.Time" => Time(Message(value.Bytes, MessageType.Find(type)!), "yyyy-MM-dd'T'HH:mm:ss'Z'"),
            "meta.MicroTime" => Time(Message(value.Bytes, MessageType.Find(type)!), "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'"),
            "resource.Quantity" => Message(value.Bytes, MessageType.Find(type)!).Text("string") ?? "0",
            "intstr.IntOrString" => IntOrString(Message(value.Bytes, MessageType.Find(type)!)),
            "meta.FieldsV1" => Raw(Message(value.Bytes, MessageType.Find(type)!), "Raw"),
            "runtime.RawExtension" => Raw(Message(value.Bytes, MessageType.Find(type)!), "raw"),
            _ => Message(value.Bytes, MessageType.Find(type) ?? throw new FormatException($"{type} is not known")),
        };

    private static JsonValue? Time(JsonObject time, string format)
    {
        if (time.Number("seconds") is not { } seconds)
        {
            return null;
        }

        var at = DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks((time.Number("nanos") ?? 0) / 100);
        return JsonValue.Create(at.ToString(format, CultureInfo.InvariantCulture));
    }

    private static JsonNode IntOrString(JsonObject value) =>
        value.Number("type") is 1 ? (JsonNode)(value.Text("strVal") ?? "") : (JsonNode)(value.Number("intVal") ?? 0);

    private static JsonNode? Raw(JsonObject value, string field) =>
        Convert.FromBase64String(value.Text(field) ?? "") is { Length: > 0 } json ? Json.Parse(json) : null;

    private static bool IsZero(JsonNode node) =>
        node.GetValueKind() switch
        {
            JsonValueKind.String => node.GetValue<string>().Length == 0,
            JsonValueKind.Number => node.ToJsonString() == "0",
            JsonValueKind.False => true,
            _ => false,
        };
}
