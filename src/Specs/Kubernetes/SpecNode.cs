using System.Text.Json;

namespace GitOpsOperator.Specs.Kubernetes;

/// <summary>
/// A place in a document's <c>spec</c>. Documents of prometheus-operator are kept as they were written and not copied field by field into
/// records: they have thousands of fields, most of which only pass through. A field that is absent is a node that does not
/// <see cref="Exists"/>, so a path of absent fields can be walked without a check at each step.
/// </summary>
public readonly struct SpecNode(JsonElement element) : IEquatable<SpecNode>
{
    private readonly JsonElement _element = element;

    /// <summary>False where the field is absent or null, which mean the same to Kubernetes.</summary>
    public bool Exists => _element.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    public bool IsMapping => _element.ValueKind == JsonValueKind.Object;

    public bool IsList => _element.ValueKind == JsonValueKind.Array;

    public bool IsText => _element.ValueKind == JsonValueKind.String;

    public bool IsNumber => _element.ValueKind == JsonValueKind.Number;

    public SpecNode this[string field] =>
        _element.ValueKind == JsonValueKind.Object && _element.TryGetProperty(field, out var value) ? new(value) : default;

    /// <summary>Null where it is no text.</summary>
    public string? Text => IsText ? _element.GetString() : null;

    /// <summary>Text that says something: null where it is empty.</summary>
    public string? NonEmptyText => Text is { Length: > 0 } text ? text : null;

    /// <summary>A scalar as it is written, whatever its type; null for mappings, lists and absent fields.</summary>
    public string? ScalarText =>
        _element.ValueKind switch
        {
            JsonValueKind.String => _element.GetString(),
            JsonValueKind.Number => _element.GetRawText(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => null,
        };

    /// <summary>Null where it is no integer of 64 bits.</summary>
    public long? WholeNumber => IsNumber && _element.TryGetInt64(out var value) ? value : null;

    /// <summary>Null where it is no boolean.</summary>
    public bool? Boolean =>
        _element.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        };

    /// <summary>A quantity (<c>500m</c>, <c>1.5</c>) as a number; null where it is none.</summary>
    public double? Quantity =>
        IsNumber ? _element.GetDouble()
        : Specs.Quantity.TryParse(Text, out var quantity) ? quantity.Approximate
        : null;

    public int Count =>
        _element.ValueKind switch
        {
            JsonValueKind.Array => _element.GetArrayLength(),
            JsonValueKind.Object => _element.EnumerateObject().Count(),
            _ => 0,
        };

    /// <summary>The items of a list; none where it is no list.</summary>
    public IEnumerable<SpecNode> Items => IsList ? _element.EnumerateArray().Select(item => new SpecNode(item)) : [];

    /// <summary>The items of a list of texts; what is no text is left out.</summary>
    public IEnumerable<string> Texts => Items.Select(item => item.Text).OfType<string>();

    /// <summary>The fields of a mapping as written; none where it is no mapping.</summary>
    public IEnumerable<KeyValuePair<string, SpecNode>> Fields =>
        IsMapping ? _element.EnumerateObject().Select(entry => KeyValuePair.Create(entry.Name, new SpecNode(entry.Value))) : [];

    /// <summary>The fields of a mapping by name: what a map in a document means has no order.</summary>
    public IEnumerable<KeyValuePair<string, SpecNode>> SortedFields => Fields.OrderBy(entry => entry.Key, StringComparer.Ordinal);

    /// <summary>
    /// Nothing is said: absent, or a mapping of nothing but such mappings. A Go program cannot tell these apart in a struct that it holds
    /// by value, so upstream treats them alike.
    /// </summary>
    public bool IsBlank => !Exists || (IsMapping && Fields.All(entry => entry.Value.IsBlank));

    public static SpecNode Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return new(document.RootElement.Clone());
    }

    public bool Equals(SpecNode other) => Exists ? other.Exists && JsonElement.DeepEquals(_element, other._element) : !other.Exists;

    public override bool Equals(object? obj) => obj is SpecNode other && Equals(other);

    public override int GetHashCode() => Exists ? ToString().Length : 0;

    /// <summary>As JSON; empty where it is absent.</summary>
    public override string ToString() => Exists ? _element.GetRawText() : "";

    public static bool operator ==(SpecNode left, SpecNode right) => left.Equals(right);

    public static bool operator !=(SpecNode left, SpecNode right) => !left.Equals(right);
}
