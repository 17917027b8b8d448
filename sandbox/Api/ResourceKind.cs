using GitOpsOperator.Sandbox.Api.Definitions;
using GitOpsOperator.Sandbox.Api.Fields;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>One kind of object: its names in the API and what the store has to know about it. All else is data in the object.</summary>
/// <param name="Schema">Field names and types, from the client library's model of the kind or from its definition.</param>
/// <param name="HasStatus">It has a status subresource: writes to the object leave the status alone and the other way round.</param>
/// <param name="HasGeneration">metadata.generation counts the changes of its spec.</param>
/// <param name="SubdomainName">Names may have dots (DNS subdomain); else they are DNS labels.</param>
internal sealed record ResourceKind(
    string Group,
    string Version,
    string Kind,
    string Plural,
    Schema.Struct Schema,
    IReadOnlyList<string> ShortNames,
    bool Namespaced = true,
    bool HasStatus = false,
    bool HasGeneration = false,
    bool SubdomainName = true
)
{
    /// <summary>What a definition says of the kind beyond its fields; null for a kind that is built in.</summary>
    public DefinedKind? Definition { get; init; }

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>How error messages name it: <c>pods</c>, <c>statefulsets.apps</c>.</summary>
    public string Qualified => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    public bool IsPod => Kind == "Pod";
}
