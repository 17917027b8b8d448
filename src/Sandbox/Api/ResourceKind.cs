namespace GitOpsOperator.Sandbox.Api;

/// <summary>One kind of object: its names in the API and what the store has to know about it. All else is data in the object.</summary>
/// <param name="Model">The client library's model of the kind: the schema (field names and types) is read from it.</param>
/// <param name="HasStatus">It has a status subresource: writes to the object leave the status alone and the other way round.</param>
/// <param name="HasGeneration">metadata.generation counts the changes of its spec.</param>
/// <param name="SubdomainName">Names may have dots (DNS subdomain); else they are DNS labels.</param>
internal sealed record ResourceKind(
    string Group,
    string Version,
    string Kind,
    string Plural,
    Type Model,
    IReadOnlyList<string> ShortNames,
    bool Namespaced = true,
    bool HasStatus = false,
    bool HasGeneration = false,
    bool SubdomainName = true)
{
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>How error messages name it: <c>pods</c>, <c>statefulsets.apps</c>.</summary>
    public string Qualified => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    public bool IsPod => Kind == "Pod";
}
