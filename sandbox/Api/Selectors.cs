using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>Which objects a list, a watch or a deletion of many means.</summary>
internal sealed record Selection(LabelSelector Labels, FieldSelector Fields)
{
    public static Selection All { get; } = new(LabelSelector.Everything, FieldSelector.Everything);

    public bool Matches(StoredObject stored) => Labels.Matches(stored.Labels) && Fields.Matches(stored.Fields);
}

/// <summary>Label selectors in the query's language: <c>a=b,c!=d,e in (f,g),h,!i</c>.</summary>
internal sealed partial class LabelSelector(IReadOnlyList<Func<IReadOnlyDictionary<string, string>, bool>> terms)
{
    public static LabelSelector Everything { get; } = new([]);

    public bool Matches(IReadOnlyDictionary<string, string> labels) => terms.All(term => term(labels));

    /// <exception cref="ApiException">400 when it cannot be read.</exception>
    public static LabelSelector Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return Everything;
        }

        return new LabelSelector([.. Terms(text).Select(Term)]);
    }

    /// <summary>A LabelSelector object, as a StatefulSet or a PodDisruptionBudget has it.</summary>
    public static LabelSelector From(JsonNode? selector)
    {
        var terms = new List<Func<IReadOnlyDictionary<string, string>, bool>>();
        foreach (var (key, value) in selector.At("matchLabels") as JsonObject ?? [])
        {
            var wanted = value?.GetValue<string>();
            terms.Add(labels => labels.GetValueOrDefault(key) == wanted);
        }

        foreach (var expression in selector.Items("matchExpressions"))
        {
            var key = expression.Text("key") ?? "";
            var values = (expression["values"] as JsonArray ?? []).Select(value => value?.GetValue<string>()).ToHashSet();
            terms.Add(
                expression.Text("operator") switch
                {
                    "In" => labels => labels.TryGetValue(key, out var value) && values.Contains(value),
                    "NotIn" => labels => !labels.TryGetValue(key, out var value) || !values.Contains(value),
                    "Exists" => labels => labels.ContainsKey(key),
                    "DoesNotExist" => labels => !labels.ContainsKey(key),
                    var other => throw ApiException.BadRequest($"\"{other}\" is not a valid label selector operator"),
                }
            );
        }

        return new LabelSelector(terms);
    }

    private static IEnumerable<string> Terms(string text)
    {
        // Commas inside the parentheses of in (...) separate values, the others separate terms.
        var (start, depth) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] switch
            {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            if (text[i] == ',' && depth == 0)
            {
                yield return text[start..i].Trim();
                start = i + 1;
            }
        }

        yield return text[start..].Trim();
    }

    private static Func<IReadOnlyDictionary<string, string>, bool> Term(string term)
    {
        if (Split(term, "!=") is var (key, value) && IsKey(key) && IsValue(value))
        {
            return labels => labels.GetValueOrDefault(key) != value;
        }

        if ((Split(term, "==") ?? Split(term, "=")) is var (same, wanted) && IsKey(same) && IsValue(wanted))
        {
            return labels => labels.GetValueOrDefault(same) == wanted;
        }

        var words = term.Split((char[])[' ', '('], 3, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (
            words is [var name, "in" or "notin", var list]
            && IsKey(name)
            && list.EndsWith(')')
            && list[..^1].Split(',', StringSplitOptions.TrimEntries).ToHashSet() is var values
            && values.All(IsValue)
        )
        {
            return words[1] == "in"
                ? labels => labels.TryGetValue(name, out var value) && values.Contains(value)
                : labels => !labels.TryGetValue(name, out var value) || !values.Contains(value);
        }

        return words switch
        {
            [['!', .. var one]] when IsKey(one) => labels => !labels.ContainsKey(one),
            [var one] when IsKey(one) => labels => labels.ContainsKey(one),
            _ => throw ApiException.BadRequest(
                $"unable to parse requirement: \"{term}\"; terms are key, !key, key=value, key!=value, key in (a,b), key notin (a,b)"
            ),
        };
    }

    private static bool IsKey(string text) => Key().IsMatch(text);

    private static bool IsValue(string text) => text.Length == 0 || Validation.IsLabelValue(text);

    [GeneratedRegex(@"\A([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?\z")]
    private static partial Regex Key();

    private static (string, string)? Split(string term, string sign) =>
        term.IndexOf(sign, StringComparison.Ordinal) is var at and > 0 ? (term[..at].Trim(), term[(at + sign.Length)..].Trim()) : null;
}

/// <summary>Field selectors: only the fields that the real server indexes for a kind; others are refused as it refuses them.</summary>
internal sealed class FieldSelector(IReadOnlyList<(string Field, string Value, bool Equal)> terms)
{
    public static FieldSelector Everything { get; } = new([]);

    public bool Matches(IReadOnlyDictionary<string, string> fields) =>
        terms.All(term => (fields.GetValueOrDefault(term.Field, "") == term.Value) == term.Equal);

    /// <summary>The name it pins down, when it does: such a list or watch concerns one object.</summary>
    public string? Name => terms.Where(term => term is { Field: "metadata.name", Equal: true }).Select(term => term.Value).FirstOrDefault();

    public static FieldSelector Parse(ResourceKind kind, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return Everything;
        }

        var terms = new List<(string, string, bool)>();
        foreach (var term in text.Split(','))
        {
            var equal = !term.Contains("!=", StringComparison.Ordinal);
            var parts = term.Split(equal ? (term.Contains("==", StringComparison.Ordinal) ? "==" : "=") : "!=", 2);
            if (parts.Length != 2)
            {
                throw ApiException.BadRequest($"invalid field selector \"{term}\"; couldn't understand it: field=value or field!=value");
            }

            if (!Names(kind).Contains(parts[0].Trim()))
            {
                throw ApiException.BadRequest(
                    $"Unable to find \"{kind.ApiVersion}, Resource={kind.Plural}\" that match label selector \"\", field "
                        + $"selector \"{text}\": field label not supported: {parts[0]}"
                );
            }

            terms.Add((parts[0].Trim(), parts[1].Trim(), equal));
        }

        return new FieldSelector(terms);
    }

    public static Dictionary<string, string> Values(ResourceKind kind, JsonObject node) =>
        Names(kind).ToDictionary(name => name, name => node.At(name.Split('.'))?.ToString() ?? "");

    private static string[] Names(ResourceKind kind) =>
        [
            "metadata.name",
            "metadata.namespace",
            .. kind.Kind switch
            {
                "Pod" => ["spec.nodeName", "spec.restartPolicy", "spec.serviceAccountName", "status.phase", "status.podIP"],
                "Event" =>
                [
                    "involvedObject.kind",
                    "involvedObject.namespace",
                    "involvedObject.name",
                    "involvedObject.uid",
                    "reason",
                    "type",
                ],
                "Secret" => ["type"],
                "Namespace" => ["status.phase"],
                "Node" => ["spec.unschedulable"],
                _ => (string[])[],
            },
        ];
}
