using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace GitOpsOperator.Sandbox.Api.Http;

/// <summary>Objects as the client asked for them: whole, only their metadata, or as a table.</summary>
internal sealed class Representation(string form, TimeProvider time)
{
    /// <exception cref="ApiException">406 is not given: what is not known is answered as JSON, which every client understands.</exception>
    public static Representation For(HttpRequest request, TimeProvider time)
    {
        foreach (var choice in request.Headers.Accept.ToString().Split(',', StringSplitOptions.TrimEntries))
        {
            var parameters = choice.Split(';', StringSplitOptions.TrimEntries);
            if (parameters[0] is "application/json" or "*/*" or "application/*" && parameters.FirstOrDefault(one => one.StartsWith("as=", StringComparison.Ordinal)) is { } form)
            {
                if (form[3..] is "Table" or "PartialObjectMetadata" or "PartialObjectMetadataList" && parameters.Contains("v=v1"))
                {
                    return new Representation(form[3..].Replace("List", "", StringComparison.Ordinal), time);
                }
            }
            else if (parameters[0] is "application/json" or "*/*")
            {
                break;
            }
        }

        return new Representation("", time);
    }

    public byte[] One(StoredObject stored) => form switch
    {
        "" => stored.Json,
        "Table" => Json.Bytes(Tables.Of(stored.Kind, [stored], stored.Revision, time.GetUtcNow(), withColumns: true)),
        _ => Json.Bytes(Partial(stored, form)),
    };

    /// <summary>One event's object; a table names its columns in its first event only.</summary>
    public byte[] InWatch(StoredObject stored, bool first) => form switch
    {
        "Table" => Json.Bytes(Tables.Of(stored.Kind, [stored], stored.Revision, time.GetUtcNow(), withColumns: first)),
        _ => One(stored),
    };

    public byte[] List(ResourceKind kind, IReadOnlyList<StoredObject> objects, long revision)
    {
        if (form == "Table")
        {
            return Json.Bytes(Tables.Of(kind, objects, revision, time.GetUtcNow(), withColumns: true));
        }

        var partial = form.Length > 0;
        return Json.Bytes(new JsonObject
        {
            ["kind"] = partial ? "PartialObjectMetadataList" : kind.Kind + "List",
            ["apiVersion"] = partial ? "meta.k8s.io/v1" : kind.ApiVersion,
            ["metadata"] = new JsonObject { ["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture) },
            ["items"] = new JsonArray([.. objects.Select(stored => (JsonNode)(partial ? Partial(stored, form) : Item(stored)))]),
        });
    }

    private static JsonObject Item(StoredObject stored)
    {
        // A real server leaves these out of a list's items: the list's kind says it.
        var node = stored.ToNode();
        node.Remove("kind");
        node.Remove("apiVersion");
        return node;
    }

    private static JsonObject Partial(StoredObject stored, string form) => new()
    {
        ["kind"] = form,
        ["apiVersion"] = "meta.k8s.io/v1",
        ["metadata"] = stored.ToNode()["metadata"]!.DeepClone(),
    };
}
