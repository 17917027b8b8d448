using System.Collections.Immutable;

namespace GitOpsOperator.Specs.Prometheus;

/// <summary>What may stand in a field.</summary>
internal abstract record FieldType
{
    private FieldType()
    {
    }

    /// <param name="Allowed">The only texts that are taken; empty where any is.</param>
    internal sealed record Text(ImmutableArray<string> Allowed) : FieldType;

    /// <summary>A number, a boolean, a duration and the like.</summary>
    internal sealed record Simple(SimpleType Type) : FieldType;

    internal sealed record ListOf(FieldType Item) : FieldType;

    internal sealed record MapOf(FieldType Value) : FieldType;

    /// <param name="Name">Of a type in <see cref="FieldTable"/>.</param>
    internal sealed record Structure(string Name) : FieldType;
}

internal enum SimpleType
{
    Integer,
    Number,
    Boolean,

    /// <summary>Text or an integer: ports and quantities.</summary>
    Scalar,
    Duration,

    /// <summary>A number of bytes, as <c>10MB</c>.</summary>
    Size,

    /// <summary>Anything; nobody looks inside.</summary>
    Any,
}

/// <param name="Default">As JSON: what the API server puts where the field is absent.</param>
internal sealed record FieldDefinition(string Name, FieldType Type, bool IsRequired, string? Default);
