using System.Buffers;
using System.Text.Json.Nodes;
using GitOpsOperator.Sandbox.Api.Http.Printing;
using GitOpsOperator.Sandbox.Api.Lists;
using Microsoft.AspNetCore.Http;

namespace GitOpsOperator.Sandbox.Api.Http;

/// <summary>Objects as the client asked for them: whole, only their metadata, or as a table.</summary>
internal sealed class Representation
{
    private const string Whole = "";
    private const string Table = "Table";
    private const string Metadata = "PartialObjectMetadata";
    private const string MetadataList = "PartialObjectMetadataList";
    private const string MetaVersion = "meta.k8s.io/v1";

    private readonly string _form;
    private readonly Tables _tables;

    private Representation(string form, HttpRequest request, TimeProvider time) =>
        (_form, _tables) = (form, new(form == Table ? Tables.RowObjectOf(request.Query["includeObject"]) : RowObject.None, time));

    /// <summary>Of one object, or of the objects that a watch tells of.</summary>
    /// <exception cref="ApiException">406: the form is one of lists.</exception>
    public static Representation OfOne(HttpRequest request, TimeProvider time) =>
        FormOf(request) is MetadataList
            ? throw ApiException.NotAcceptable($"you requested {MetadataList}, but the requested object is not a list")
            : new(FormOf(request), request, time);

    /// <exception cref="ApiException">406: the form is one of single objects.</exception>
    public static Representation OfList(HttpRequest request, TimeProvider time) =>
        FormOf(request) is Metadata
            ? throw ApiException.NotAcceptable($"you requested {Metadata}, but the requested object is a list")
            : new(FormOf(request), request, time);

    public byte[] One(StoredObject stored) =>
        _form switch
        {
            Whole => stored.Json,
            Table => _tables.Of(stored.Kind, new([stored], stored.Revision), withColumns: true),
            _ => Partial(stored),
        };

    /// <summary>One event's object; a table names its columns in its first event only.</summary>
    public byte[] InWatch(StoredObject stored, bool first) =>
        _form switch
        {
            Table => _tables.Of(stored.Kind, new([stored], stored.Revision), withColumns: first),
            _ => One(stored),
        };

    /// <summary>A bookmark's object, which has no more than metadata.</summary>
    public byte[] Bookmark(ResourceKind kind, JsonObject metadata)
    {
        var (named, apiVersion) = _form == Whole ? (kind.Kind, kind.ApiVersion) : (_form, MetaVersion);
        return Json.Bytes(
            new JsonObject
            {
                ["kind"] = named,
                ["apiVersion"] = apiVersion,
                ["metadata"] = metadata,
            }
        );
    }

    public ReadOnlyMemory<byte> List(ResourceKind kind, ListPage page)
    {
        if (_form == Table)
        {
            return _tables.Of(kind, page, withColumns: true);
        }

        // Objects are kept as the bytes that they are told in, and a list of many large ones is not read to be written again.
        var (named, apiVersion) = _form == Whole ? (kind.Kind + "List", kind.ApiVersion) : (MetadataList, MetaVersion);
        var head = Json.Bytes(
            new JsonObject
            {
                ["kind"] = named,
                ["apiVersion"] = apiVersion,
                ["metadata"] = page.Metadata(),
            }
        );
        var size = page.Objects.Sum(stored => _form == Whole ? stored.Content.Length + 2 : stored.Metadata.Length + PartialHead.Length + 2);
        var list = new ArrayBufferWriter<byte>(head.Length + size + 16);
        list.Write(head.AsSpan(..^1));
        list.Write(""","items":["""u8);
        for (var i = 0; i < page.Objects.Count; i++)
        {
            list.Write(i > 0 ? ","u8 : []);
            if (_form == Whole)
            {
                list.Write("{"u8);
                list.Write(page.Objects[i].Content.Span);
            }
            else
            {
                list.Write(Partial(page.Objects[i]));
            }
        }

        list.Write("]}"u8);
        return list.WrittenMemory;
    }

    private static ReadOnlySpan<byte> PartialHead => """{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":"""u8;

    private static byte[] Partial(StoredObject stored) => [.. PartialHead, .. stored.Metadata, .. "}"u8];

    /// <summary>
    /// The first form of those that the client takes and that are known; else whole objects as JSON, which every client understands.
    /// </summary>
    private static string FormOf(HttpRequest request)
    {
        foreach (var choice in request.Headers.Accept.ToString().Split(',', StringSplitOptions.TrimEntries))
        {
            var parameters = choice.Split(';', StringSplitOptions.TrimEntries);
            if (parameters[0] is not ("application/json" or "application/*" or "*/*"))
            {
                continue;
            }

            switch (parameters.FirstOrDefault(one => one.StartsWith("as=", StringComparison.Ordinal))?["as=".Length..])
            {
                case null:
                    return Whole;
                case (Table or Metadata or MetadataList)
                and var form when parameters.Contains("v=v1") && parameters.Contains("g=meta.k8s.io"):
                    return form;
            }
        }

        return Whole;
    }
}
