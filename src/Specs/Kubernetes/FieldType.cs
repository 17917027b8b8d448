using System.Collections.Immutable;

namespace GitOpsOperator.Specs.Kubernetes;

/// <summary>What may stand in a field.</summary>
public abstract record FieldType
{
    private FieldType() { }

    /// <param name="Allowed">The only texts that are taken; empty where any is.</param>
    public sealed record Text(ImmutableArray<string> Allowed) : FieldType;

    /// <summary>Text of a form that the domain's table names, such as a duration.</summary>
    public sealed record Formatted(TextFormat Format) : FieldType;

    /// <summary>A number, a boolean and the like.</summary>
    public sealed record Simple(SimpleType Type) : FieldType;

    public sealed record ListOf(FieldType Item) : FieldType;

    public sealed record MapOf(FieldType Value) : FieldType;

    /// <param name="Name">Of a type in a <see cref="FieldTable"/>.</param>
    public sealed record Structure(string Name) : FieldType;
}

public enum SimpleType
{
    Integer,
    Number,
    Boolean,

    /// <summary>Text or an integer: ports and quantities.</summary>
    Scalar,

    /// <summary>Anything; nobody looks inside.</summary>
    Any,
}

/// <summary>A kind of text.</summary>
/// <param name="Name">As tables name it.</param>
/// <param name="IsValid">Whether a text that is not empty is one.</param>
/// <param name="Allowed">What to give instead, as an imperative: <c>give a duration such as 30s</c>.</param>
public sealed record TextFormat(string Name, Func<string, bool> IsValid, string Allowed);

/// <param name="Default">As JSON: what the API server puts where the field is absent.</param>
public sealed record FieldDefinition(string Name, FieldType Type, bool IsRequired, string? Default);

/// <summary>What to tell about a field that stands in a document and has no effect.</summary>
public sealed record FieldAdvice(Rule Rule, string Message);
