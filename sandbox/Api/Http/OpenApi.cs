using System.Text.Json.Nodes;
using GitOpsOperator.Sandbox.Api.Definitions;

namespace GitOpsOperator.Sandbox.Api.Http;

/// <summary>As much of the OpenAPI description as kubectl asks before it applies: whether the server checks fields by itself
/// (it does). The schemas themselves are left open.</summary>
internal static class OpenApi
{
    public static JsonObject? V3(string[] path, DefinedKinds known)
    {
        if (path.Length == 0)
        {
            var paths = new JsonObject { ["api/v1"] = Link("api/v1") };
            foreach (var (group, version) in known.Groups())
            {
                paths[$"apis/{group}/{version}"] = Link($"apis/{group}/{version}");
            }

            return new JsonObject { ["paths"] = paths };
        }

        var apiVersion = path switch
        {
            ["api", var version] => version,
            ["apis", var group, var version] => $"{group}/{version}",
            _ => "",
        };
        var kinds = known.All.Where(kind => kind.ApiVersion == apiVersion).ToList();
        if (kinds.Count == 0)
        {
            return null;
        }

        var operations = new JsonObject();
        var schemas = new JsonObject();
        foreach (var kind in kinds)
        {
            var root = $"/{string.Join('/', path)}{(kind.Namespaced ? "/namespaces/{namespace}" : "")}/{kind.Plural}";
            operations[root] = new JsonObject { ["post"] = Operation(kind, "post") };
            operations[root + "/{name}"] = new JsonObject { ["put"] = Operation(kind, "put"), ["patch"] = Operation(kind, "patch") };
            schemas[$"io.k8s.api.{(kind.Group.Length == 0 ? "core" : kind.Group.Split('.')[0])}.{kind.Version}.{kind.Kind}"] =
                new JsonObject { ["type"] = "object", ["x-kubernetes-group-version-kind"] = new JsonArray(Gvk(kind)) };
        }

        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = Info(),
            ["paths"] = operations,
            ["components"] = new JsonObject { ["schemas"] = schemas },
        };
    }

    public static JsonObject V2() => throw ApiException.NotImplemented("OpenAPI v2; the description is at /openapi/v3");

    private static JsonObject Link(string path) => new() { ["serverRelativeURL"] = $"/openapi/v3/{path}" };

    private static JsonObject Info() => new() { ["title"] = "Kubernetes (sandbox)", ["version"] = "v1.32.0" };

    private static JsonObject Gvk(ResourceKind kind) =>
        new()
        {
            ["group"] = kind.Group,
            ["version"] = kind.Version,
            ["kind"] = kind.Kind,
        };

    private static JsonObject Operation(ResourceKind kind, string verb) =>
        new()
        {
            ["x-kubernetes-action"] = verb,
            ["x-kubernetes-group-version-kind"] = Gvk(kind),
            ["parameters"] = new JsonArray([
                .. ((string[])["dryRun", "fieldManager", "fieldValidation", "force"]).Select(name => new JsonObject
                {
                    ["name"] = name,
                    ["in"] = "query",
                    ["schema"] = new JsonObject { ["type"] = "string" },
                }),
            ]),
            ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "OK" } },
        };
}
