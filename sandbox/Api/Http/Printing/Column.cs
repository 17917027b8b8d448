using System.Globalization;
using System.Text.Json.Nodes;

namespace GitOpsOperator.Sandbox.Api.Http.Printing;

/// <summary>One column of a kind's table.</summary>
/// <param name="Wide">Only told with <c>-o wide</c>.</param>
internal sealed record Column(string Name, Func<JsonObject, DateTimeOffset, string> Cell, bool Wide = false)
{
    /// <summary>One that shows a field, and something else where there is none.</summary>
    public static Column Field(string name, string path, string otherwise = "", bool wide = false) =>
        new(name, (node, _) => node.At(path.Split('.'))?.ToString() is { Length: > 0 } text ? text : otherwise, wide);

    public static Column Number(string name, Func<JsonObject, long> number, bool wide = false) =>
        new(name, (node, _) => number(node).ToString(CultureInfo.InvariantCulture), wide);

    public static Column Text(string name, Func<JsonObject, string?> text, bool wide = false) =>
        new(name, (node, _) => text(node) is { Length: > 0 } said ? said : "<none>", wide);
}
