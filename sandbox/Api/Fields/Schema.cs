using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json.Serialization;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Api.Fields;

/// <summary>What a field may hold. Names and types come from the client library's models, so the server knows every field of its kinds
/// without a line per field; how lists merge comes from <see cref="ListKeys"/>.</summary>
internal abstract record Schema
{
    private static readonly ConcurrentDictionary<Type, Struct> Structs = new();

    /// <summary>A single value.</summary>
    public sealed record Scalar(Type Type) : Schema;

    /// <summary>Anything at all, kept as it is (an extension object, managed fields).</summary>
    public sealed record Any : Schema;

    public sealed record MapOf(Schema Element) : Schema;

    public sealed record ListOf(Schema Element, ListMerge Merge) : Schema;

    /// <param name="Atomic">Owned and replaced as a whole.</param>
    public sealed record Struct(Lazy<IReadOnlyDictionary<string, Schema>> Known, bool Atomic) : Schema
    {
        public IReadOnlyDictionary<string, Schema> Fields => Known.Value;
    }

    /// <summary>Of a model of the client library.</summary>
    public static Struct Of<TModel>() => Of(typeof(TModel));

    /// <summary>Owned in parts (true) or as a whole (false).</summary>
    public bool Granular => this is Struct { Atomic: false } or MapOf or ListOf { Merge.Kind: not ListMergeKind.Atomic };

    /// <summary>The schema of a field of an object under this schema; null when there is none.</summary>
    public Schema? Field(string name) =>
        this switch
        {
            Struct @struct => @struct.Fields.GetValueOrDefault(name),
            MapOf map => map.Element,
            Any => this,
            _ => null,
        };

    private static Struct Of(Type type) =>
        Structs.GetOrAdd(type, model => new Struct(new(() => FieldsOf(model)), ListKeys.AtomicStructs.Contains(model)));

    private static Dictionary<string, Schema> FieldsOf(Type model)
    {
        var fields = new Dictionary<string, Schema>();
        foreach (var property in model.GetProperties())
        {
            if (property.GetCustomAttribute<JsonPropertyNameAttribute>() is { Name: var name })
            {
                fields[name] = name == "fieldsV1" ? new Any() : OfProperty(property.PropertyType, ListKeys.For(model, name));
            }
        }

        return fields;
    }

    private static Schema OfProperty(Type type, ListMerge merge)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IList<>))
        {
            return new ListOf(OfProperty(type.GetGenericArguments()[0], merge), merge);
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IDictionary<,>))
        {
            return new MapOf(OfProperty(type.GetGenericArguments()[1], ListMerge.Atomic));
        }

        if (type == typeof(object))
        {
            return new Any();
        }

        var isModel = type.Namespace == typeof(V1Pod).Namespace && type != typeof(ResourceQuantity) && type != typeof(IntOrString);
        return isModel ? Of(type) : new Scalar(type);
    }
}
