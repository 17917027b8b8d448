namespace GitOpsOperator.Operator.Hosting;

/// <summary>
/// A call to the API server in the words of its access rules: a verb and a resource, without names, of which there may be many.
/// </summary>
internal static class KubernetesCall
{
    public static (string Verb, string Resource) Of(string method, Uri? uri)
    {
        var parts = (uri?.AbsolutePath ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        var rest = parts switch
        {
            ["api", _, .. var r] => r,
            ["apis", _, _, .. var r] => r,
            _ => [],
        };
        if (rest is ["namespaces", _, _, ..])
        {
            rest = rest[2..];
        }

        var named = rest.Length > 1;
        var verb = method switch
        {
            "GET" when !named => uri!.Query.Contains("watch=true", StringComparison.OrdinalIgnoreCase) ? "watch" : "list",
            "GET" => "get",
            "POST" => "create",
            "PUT" => "update",
            "PATCH" => "patch",
            "DELETE" => "delete",
            _ => "other",
        };
        return rest switch
        {
            [] => (verb, "other"),
            [var resource, _, var subresource, ..] => (verb, $"{resource}/{subresource}"),
            [var resource, ..] => (verb, resource),
        };
    }
}
