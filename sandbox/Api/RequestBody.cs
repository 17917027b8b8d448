using System.Text.Json.Nodes;
using GitOpsOperator.Sandbox.Api.Fields;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>What a client has sent, before anything is done with it.</summary>
internal static class RequestBody
{
    /// <summary>The body in the shape that the server keeps, and what is to be told of it.</summary>
    /// <exception cref="ApiException">400: it is of another kind or namespace than the path, or has fields that were to be
    /// refused.</exception>
    public static (JsonObject Node, IReadOnlyList<string> Warnings) Read(ResourceKind kind, string ns, JsonNode body, WriteOptions options)
    {
        if (
            body.Text("apiVersion") is { } apiVersion && apiVersion != kind.ApiVersion
            || body.Text("kind") is { } named && named != kind.Kind
        )
        {
            throw ApiException.BadRequest(
                $"the API version in the data ({body.Text("apiVersion")}, Kind={body.Text("kind")}) does not match the expected "
                    + $"API version ({kind.ApiVersion}, Kind={kind.Kind})"
            );
        }

        var conform = new Conform();
        var node = conform.Object(body, kind);
        if (conform.Unknown.Count > 0 && options.Validation == FieldValidation.Strict)
        {
            throw ApiException.BadRequest(
                $"{kind.Kind} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: strict decoding error: "
                    + $"{string.Join(", ", conform.Unknown.Select(field => $"unknown field \"{field}\""))}"
            );
        }

        if (kind.Namespaced && node.Text("metadata", "namespace") is { Length: > 0 } given && given != ns)
        {
            throw ApiException.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        }

        return (node, options.Validation == FieldValidation.Warn ? [.. conform.Unknown.Select(field => $"unknown field \"{field}\"")] : []);
    }

    /// <exception cref="ApiException">400: it names another object than the path.</exception>
    public static void CheckName(JsonObject node, string name)
    {
        if (node.Text("metadata", "name") is { Length: > 0 } given && given != name)
        {
            throw ApiException.BadRequest($"the name of the object ({given}) does not match the name on the URL ({name})");
        }
    }
}
