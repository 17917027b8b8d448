using System.Globalization;
using GitOpsOperator.Sandbox.Api.Definitions;
using Microsoft.AspNetCore.Http;

namespace GitOpsOperator.Sandbox.Api.Http;

/// <summary>What a request's path and query say: which kind, where, which object, which part of it, and how.</summary>
internal sealed record ApiRequest(ResourceKind Kind, string? Namespace, string? Name, string Subresource, HttpRequest Http)
{
    public string NamespaceOrNone => Namespace ?? "";

    public bool IsWatch => Query("watch") is "true" or "1";

    public bool IsCollection => Name is null;

    public string? Query(string name) => Http.Query.TryGetValue(name, out var values) ? values.ToString() : null;

    public Selection Selection => new(LabelSelector.Parse(Query("labelSelector")), FieldSelector.Parse(Kind, Query("fieldSelector")));

    /// <summary>Null: not given.</summary>
    public long? ResourceVersion =>
        Query("resourceVersion") is { Length: > 0 } text
            ? long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                ? version
                : throw ApiException.BadRequest($"Invalid value: \"{text}\": resourceVersion is not a number")
            : null;

    public WriteOptions WriteOptions(string subresource = "") =>
        new(
            Query("fieldManager") is { Length: > 0 } manager ? manager : UserAgentName(),
            subresource,
            IsDryRun(Query("dryRun")),
            Query("force") is "true" or "1",
            Query("fieldValidation") switch
            {
                null or "" or "Warn" => FieldValidation.Warn,
                "Ignore" => FieldValidation.Ignore,
                "Strict" => FieldValidation.Strict,
                var other => throw ApiException.InvalidOptions(
                    $"fieldValidation: Unsupported value: \"{other}\": supported values: \"Ignore\", \"Strict\", \"Warn\""
                ),
            }
        );

    public static bool IsDryRun(string? value) =>
        value switch
        {
            null or "" => false,
            "All" => true,
            _ => throw ApiException.InvalidOptions($"dryRun: Unsupported value: \"{value}\": supported values: \"All\""),
        };

    /// <exception cref="ApiException">404: no such path; 501: a kind that only a real cluster has.</exception>
    public static ApiRequest Parse(HttpRequest http, DefinedKinds kinds)
    {
        var parts = (http.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        var (group, version, rest) = parts switch
        {
            ["api", var v, .. var r] => ("", v, r),
            ["apis", var g, var v, .. var r] => (g, v, r),
            _ => throw ApiException.NoSuchPath(),
        };
        if (rest.Length == 0)
        {
            throw ApiException.NoSuchPath();
        }

        // /namespaces/NAME and its own subresources are the Namespace object; anything else below a name lies in that namespace.
        string? ns = null;
        if (rest is ["namespaces", var inside, var plural, ..] && plural is not ("status" or "finalize"))
        {
            (ns, rest) = (inside, rest[2..]);
        }

        var kind = kinds.Find(group, version, rest[0]) ?? throw Missing(http.Method, group, version, rest[0]);
        if (rest.Length > 3 || (ns is not null && !kind.Namespaced) || (ns is null && kind.Namespaced && rest.Length > 1))
        {
            throw ApiException.NoSuchPath();
        }

        return new ApiRequest(kind, ns, rest.Length > 1 ? rest[1] : null, rest.Length > 2 ? rest[2] : "", http);
    }

    /// <summary>Kinds that a real server may have are told by name; one of a group that is somebody's own is just not there.</summary>
    private static ApiException Missing(string method, string group, string version, string plural)
    {
        if (group.Contains('.', StringComparison.Ordinal) && !group.EndsWith(".k8s.io", StringComparison.Ordinal))
        {
            return ApiException.NoSuchPath();
        }

        // kubectl describes a namespace by these too, and goes without them where a server says that it has none.
        var what = $"kind {plural} of {(group.Length == 0 ? version : $"{group}/{version}")}";
        return method == "GET" && plural is ("resourcequotas" or "limitranges")
            ? ApiException.NotServed(what)
            : ApiException.NotImplemented(what);
    }

    private string UserAgentName()
    {
        var agent = Http.Headers.UserAgent.ToString();
        var end = agent.IndexOfAny(['/', ' ']);
        return agent.Length == 0 ? "unknown"
            : end > 0 ? agent[..end]
            : agent;
    }
}
