using System.Text.Json.Nodes;
using GitOpsOperator.Sandbox.Api.Definitions;
using Microsoft.AspNetCore.Http;

namespace GitOpsOperator.Sandbox.Api.Http;

/// <summary>What the server is and which kinds it has.</summary>
internal sealed class Discovery(DefinedKinds kinds)
{
    public async Task<bool> TryAnswerAsync(HttpRequest request, HttpResponse response, CancellationToken cancellationToken)
    {
        var parts = (request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts is ["healthz" or "readyz" or "livez"])
        {
            response.ContentType = "text/plain";
            await response.WriteAsync("ok", cancellationToken);
            return true;
        }

        JsonNode? answer = parts switch
        {
            [] => new JsonObject
            {
                ["paths"] = new JsonArray("/api", "/apis", "/healthz", "/livez", "/readyz", "/openapi/v2", "/openapi/v3", "/version"),
            },
            ["version"] => Version(),
            ["api"] => new JsonObject { ["kind"] = "APIVersions", ["versions"] = new JsonArray("v1") },
            ["api", "v1"] => Resources("", "v1"),
            ["apis"] => new JsonObject
            {
                ["kind"] = "APIGroupList",
                ["apiVersion"] = "v1",
                ["groups"] = new JsonArray([.. kinds.Groups().Select(group => Group(group.Group, group.Version))]),
            },
            ["apis", var group] => kinds
                .Groups()
                .Where(one => one.Group == group)
                .Select(one => Group(one.Group, one.Version))
                .FirstOrDefault(),
            ["apis", var group, var version] when kinds.Groups().Contains((group, version)) => Resources(group, version),
            ["openapi", "v3", ..] => OpenApi.V3(parts[2..], kinds),
            ["openapi", "v2"] => OpenApi.V2(),
            _ => null,
        };
        if (answer is null)
        {
            return false;
        }

        if (request.Method != "GET")
        {
            throw ApiException.MethodNotAllowed();
        }

        await Bodies.WriteAsync(response, 200, answer, cancellationToken);
        return true;
    }

    private static JsonObject Version() =>
        new()
        {
            // The behaviours are those of this line of releases; the suffix says that it is not one.
            ["major"] = "1",
            ["minor"] = "32",
            ["gitVersion"] = "v1.32.0-gitops-operator-sandbox",
            ["gitCommit"] = "",
            ["gitTreeState"] = "clean",
            ["buildDate"] = "1970-01-01T00:00:00Z",
            ["goVersion"] = "",
            ["compiler"] = "",
            ["platform"] = "linux/amd64",
        };

    private static JsonObject Group(string group, string version)
    {
        JsonObject Named() => new() { ["groupVersion"] = $"{group}/{version}", ["version"] = version };
        return new JsonObject
        {
            ["kind"] = "APIGroup",
            ["apiVersion"] = "v1",
            ["name"] = group,
            ["versions"] = new JsonArray(Named()),
            ["preferredVersion"] = Named(),
        };
    }

    private JsonObject Resources(string group, string version)
    {
        var resources = new JsonArray();
        foreach (var kind in kinds.All.Where(kind => kind.Group == group && kind.Version == version))
        {
            var resource = Resource(
                kind.Plural,
                kind,
                kind.Kind,
                ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
            );
            resource["singularName"] = kind.Kind.ToLowerInvariant();
            resource["shortNames"] = new JsonArray([.. kind.ShortNames.Select(name => (JsonNode)name)]);
            if (kind.Kind is "Pod" or "Service" or "StatefulSet" or "Deployment")
            {
                resource["categories"] = new JsonArray("all");
            }

            resources.Add(resource);
            if (kind.HasStatus)
            {
                resources.Add(Resource($"{kind.Plural}/status", kind, kind.Kind, ["get", "patch", "update"]));
            }

            if (Kinds.Scalable.Contains(kind))
            {
                resources.Add(Foreign($"{kind.Plural}/scale", kind, "autoscaling", "v1", "Scale", ["get", "patch", "update"]));
            }

            if (kind.IsPod)
            {
                resources.Add(Foreign("pods/eviction", kind, "policy", "v1", "Eviction", ["create"]));
                resources.Add(Resource("pods/binding", kind, "Binding", ["create"]));
                resources.Add(Resource("pods/exec", kind, "PodExecOptions", ["create", "get"]));
                resources.Add(Resource("pods/log", kind, "Pod", ["get"]));
                resources.Add(Resource("pods/portforward", kind, "PodPortForwardOptions", ["create", "get"]));
            }
        }

        return new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}",
            ["resources"] = resources,
        };
    }

    private static JsonObject Foreign(string name, ResourceKind kind, string group, string version, string named, string[] verbs)
    {
        var resource = Resource(name, kind, named, verbs);
        resource["group"] = group;
        resource["version"] = version;
        return resource;
    }

    private static JsonObject Resource(string name, ResourceKind kind, string named, string[] verbs) =>
        new()
        {
            ["name"] = name,
            ["singularName"] = "",
            ["namespaced"] = kind.Namespaced,
            ["kind"] = named,
            ["verbs"] = new JsonArray([.. verbs.Select(verb => (JsonNode)verb)]),
        };
}
