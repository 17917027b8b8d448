using GitOpsOperator.Sandbox.Api.Http;
using Microsoft.AspNetCore.Http;

namespace GitOpsOperator.Sandbox.Api.Access;

/// <summary>A request in the words of access rules.</summary>
/// <param name="Resource">With its subresource, as rules name it: <c>pods/eviction</c>.</param>
/// <param name="Namespace">Empty for all namespaces, and for what lies in none.</param>
/// <param name="Name">Empty where no object is named: creation, and lists and watches without a field selector for one.</param>
internal sealed record AccessRequest(string Verb, ResourceKind Kind, string Resource, string Namespace, string Name)
{
    public string Group => Kind.Group;

    public static AccessRequest Of(ApiRequest request)
    {
        var resource = request.Subresource.Length > 0 ? $"{request.Kind.Plural}/{request.Subresource}" : request.Kind.Plural;
        var verb = request.Http.Method switch
        {
            "GET" when request.IsWatch => "watch",
            "GET" => request.IsCollection ? "list" : "get",
            "POST" => "create",
            "PUT" => "update",
            "PATCH" => "patch",
            "DELETE" => request.IsCollection ? "deletecollection" : "delete",
            var method => HttpMethods.IsHead(method) ? "get" : "unknown",
        };
        return new(
            verb,
            request.Kind,
            resource,
            request.NamespaceOrNone,
            request.Name ?? (verb is "list" or "watch" ? request.Selection.Fields.Name : null) ?? ""
        );
    }
}
