using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace GitOpsOperator.Sandbox.Api.Definitions;

/// <summary>One of a definition's <c>additionalPrinterColumns</c>.</summary>
/// <param name="Priority">Above 0: only in wide listings.</param>
internal sealed partial record PrinterColumn(string Name, string Type, long Priority, IReadOnlyList<string> Path)
{
    /// <exception cref="ApiException">501: a JSON path that is more than fields with dots between them.</exception>
    public static PrinterColumn Read(JsonObject column)
    {
        var path = column.Text("jsonPath") ?? "";
        return SimplePath().IsMatch(path)
            ? new(column.Text("name") ?? "", column.Text("type") ?? "string", column.Number("priority") ?? 0, path[1..].Split('.'))
            : throw ApiException.NotImplemented($"the JSON path {path} of a column");
    }

    /// <summary>Empty where the object has no such field, as kubectl shows it.</summary>
    public string Cell(JsonObject node) => node.At([.. Path])?.ToString() ?? "";

    [GeneratedRegex(@"\A(\.[A-Za-z_][A-Za-z0-9_-]*)+\z")]
    private static partial Regex SimplePath();
}
