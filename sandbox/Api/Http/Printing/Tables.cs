using System.Text.Json.Nodes;
using GitOpsOperator.Sandbox.Api.Definitions;
using GitOpsOperator.Sandbox.Api.Lists;

namespace GitOpsOperator.Sandbox.Api.Http.Printing;

/// <summary>What a table's rows have beside their cells: as a client sorts or filters by it.</summary>
internal enum RowObject
{
    Metadata,
    None,
    Whole,
}

/// <summary>Lists as kubectl prints them: the server says the columns.</summary>
internal sealed class Tables(RowObject rowObject, TimeProvider time)
{
    /// <exception cref="ApiException">400: there is no such form.</exception>
    public static RowObject RowObjectOf(string? includeObject) =>
        includeObject switch
        {
            null or "" or "Metadata" => RowObject.Metadata,
            "None" => RowObject.None,
            "Object" => RowObject.Whole,
            _ => throw ApiException.BadRequest($"unrecognized includeObject value: \"{includeObject}\""),
        };

    public byte[] Of(ResourceKind kind, ListPage page, bool withColumns)
    {
        var columns = For(kind);
        var now = time.GetUtcNow();
        return Json.Bytes(
            new JsonObject
            {
                ["kind"] = "Table",
                ["apiVersion"] = "meta.k8s.io/v1",
                ["metadata"] = page.Metadata(),
                ["columnDefinitions"] = !withColumns ? null : new JsonArray([.. columns.Select(Definition)]),
                ["rows"] = new JsonArray([.. page.Objects.Select(stored => Row(stored, columns, now))]),
            }
        );
    }

    private static JsonObject Definition(Column column) =>
        new()
        {
            ["name"] = column.Name,
            ["type"] = "string",
            ["format"] = column.Name == "Name" ? "name" : "",
            ["description"] = column.Name,
            ["priority"] = column.Wide ? 1 : 0,
        };

    private JsonObject Row(StoredObject stored, Column[] columns, DateTimeOffset now)
    {
        var node = stored.ToNode();
        var row = new JsonObject { ["cells"] = new JsonArray([.. columns.Select(column => (JsonNode)column.Cell(node, now))]) };
        if (rowObject is not RowObject.None)
        {
            row["object"] =
                rowObject is RowObject.Whole
                    ? node
                    : new JsonObject
                    {
                        ["kind"] = "PartialObjectMetadata",
                        ["apiVersion"] = "meta.k8s.io/v1",
                        ["metadata"] = node["metadata"]!.DeepClone(),
                    };
        }

        return row;
    }

    private static Column[] For(ResourceKind kind) =>
        kind.Definition is { Columns.Count: > 0 } definition ? [Columns.Name, .. definition.Columns.Select(Of)] : Columns.Of(kind);

    private static Column Of(PrinterColumn column) =>
        new(
            column.Name,
            (node, now) => column.Type == "date" ? Ages.Since(column.Cell(node), now) : column.Cell(node),
            Wide: column.Priority > 0
        );
}
