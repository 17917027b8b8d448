namespace GitOpsOperator.Sandbox.Api.Access;

/// <summary>One verb on one resource that a role grants.</summary>
/// <param name="Role">As <c>ClusterRole/gitops-operator</c>.</param>
/// <param name="Namespace">Where it holds; null: everywhere.</param>
/// <param name="Name">Of the one object that it is about; null: of any.</param>
internal sealed record AccessRule(string Role, string? Namespace, string Verb, string Group, string Resource, string? Name)
{
    public bool Allows(AccessRequest request) =>
        (Verb == "*" || Verb == request.Verb)
        && (Group == "*" || Group == request.Group)
        && (Resource == "*" || Resource == request.Resource)
        && (Namespace is null || Namespace == request.Namespace)
        && (Name is null || Name == request.Name);

    public override string ToString()
    {
        var resource = Group.Length == 0 ? Resource : $"{Resource}.{Group}";
        return $"{Role}: {Verb} {resource}{(Name is null ? "" : $" {Name}")}";
    }
}
