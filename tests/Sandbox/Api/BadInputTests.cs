using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using GitOpsOperator.Sandbox.Api;
using GitOpsOperator.Sandbox.Api.Definitions;
using GitOpsOperator.Sandbox.Api.Fields;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Tests.Api;

/// <summary>Whatever a client sends, it is refused in the client's own words or done; the server never breaks over it.</summary>
public sealed class BadInputTests
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private const int MaxFields = 7;

    private static readonly string[] Values =
    [
        "null",
        "0",
        "-1",
        "1.5",
        "1e400",
        "\"\"",
        "\"x y\"",
        "\"%\"",
        "true",
        "[]",
        "{}",
        "[null]",
        "[[]]",
        "{\"a\":null}",
        "{\"\":{}}",
    ];

    private const string Definition = """
        {
          "metadata": {"name": "things.example.com"},
          "spec": {
            "group": "example.com", "scope": "Namespaced",
            "names": {"kind": "Thing", "plural": "things", "singular": "thing", "listKind": "ThingList", "shortNames": ["th"]},
            "versions": [{
              "name": "v1", "served": true, "storage": true, "subresources": {"status": {} },
              "additionalPrinterColumns": [{"name": "Size", "type": "integer", "jsonPath": ".spec.size", "priority": 1}],
              "schema": {"openAPIV3Schema": {"type": "object", "required": ["spec"], "properties": {
                "spec": {"type": "object", "description": "d", "properties": {
                  "size": {"type": "integer", "minimum": 1, "maximum": 7, "format": "int32"},
                  "name": {"type": "string", "pattern": "^[a-z]+$", "minLength": 1, "maxLength": 9, "enum": ["a"]},
                  "open": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
                  "port": {"x-kubernetes-int-or-string": true},
                  "map": {"type": "object", "additionalProperties": {"type": "string"}, "x-kubernetes-map-type": "atomic"},
                  "list": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"],
                    "items": {"type": "object"}}
                }}
              }}}
            }]
          }
        }
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> KindNames => [.. Kinds.BuiltIn.Select(kind => kind.Kind), "Thing"];

    /// <summary>Each field of each kind in turn holds what it should not, in an object that has all fields.</summary>
    [Theory]
    [Trait("takes", "long")]
    [MemberData(nameof(KindNames))]
    public void A_field_that_holds_anything_at_all_is_refused_or_kept(string name)
    {
        var defined = DefinedKind.Read(JsonNode.Parse(Definition)!.AsObject());
        var kind = Kinds.BuiltIn.FirstOrDefault(kind => kind.Kind == name) ?? defined;
        var home = kind.Namespaced ? "default" : "";
        var store = new Store(historyLimit: 10, watchBuffer: 10);
        FirstObjects.Create(store, TimeProvider.System);
        var writes = new Writes(store, TimeProvider.System);
        writes.Create(kind, home, Least(kind, "least"), new("test"));
        writes.Create(kind, home, Least(kind, "name"), new("test"));
        var whole = Whole(kind);
        var (tried, kept) = (0, 0);
        foreach (var path in Paths(whole).ToList())
        {
            // The large kinds are much alike; of the small ones nothing is left out.
            foreach (var value in kind == defined || kind == Kinds.Definition ? Values : [Values[tried % Values.Length]])
            {
                tried++;
                kept += Write(writes, kind, home, whole, path, value);
            }
        }

        // Else all of it was refused for something that this is not about.
        Assert.True(tried > 10 && kept > tried / 4, $"of {tried} fields {kept} were kept");
    }

    private static int Write(Writes writes, ResourceKind kind, string home, JsonObject whole, object[] path, string value)
    {
        var changed = JsonNode.Parse(whole.ToJsonString())!.AsObject();
        Put(changed, path, JsonNode.Parse(value));
        var created = JsonNode.Parse(changed.ToJsonString())!.AsObject();
        if (created["metadata"] is JsonObject metadata && metadata.Text("name") == "name")
        {
            metadata["name"] = "new";
        }

        var patch = new JsonObject();
        Put(patch, [.. path.TakeWhile(part => part is string)], JsonNode.Parse(value));
        var write = new WriteOptions("test", DryRun: true);
        return Try(() => writes.Create(kind, home, created, write))
            + Try(() => writes.Patch(kind, home, "least", Patches.Change("application/merge-patch+json", patch, kind), write))
            + Try(() => writes.Patch(kind, home, "least", Patches.Change("application/strategic-merge-patch+json", patch, kind), write))
            + Try(() => writes.Apply(kind, home, "name", changed, write with { Force = true }));

        // 1 where it was done, 0 where it was refused.
        int Try(Action act)
        {
            try
            {
                act();
                return 1;
            }
            catch (ApiException refusal)
            {
                Assert.True(refusal.Code is < 500 or 501, $"{string.Join('.', path)} = {value}: {refusal.Message}");
            }
            catch (Exception fault)
            {
                Assert.Fail($"{string.Join('.', path)} = {value}: {fault}");
            }

            return 0;
        }
    }

    [Theory]
    [InlineData("GET", Maps + "?limit=-1&continue=%00", "")]
    [InlineData("GET", Maps + "?labelSelector=((,", "")]
    [InlineData("GET", Maps + "?labelSelector=a%20in%20(", "")]
    [InlineData("GET", Maps + "?labelSelector==", "")]
    [InlineData("GET", Maps + "?fieldSelector==,!=", "")]
    [InlineData("GET", Maps + "?resourceVersion=99999999999999999999", "")]
    [InlineData("GET", Maps + "?resourceVersion=0&resourceVersionMatch=Exact", "")]
    [InlineData("GET", Maps + "?watch=1&resourceVersion=x", "")]
    [InlineData("GET", "/api/v1/namespaces/%2e%2e/configmaps/%2f", "")]
    [InlineData("GET", "/api/v1/pods/x/log?tailLines=x", "")]
    [InlineData("GET", "/apis//v1/x", "")]
    [InlineData("POST", Maps + "?dryRun=Some", "{}")]
    [InlineData("POST", Maps, "\u00ff\u0000")]
    [InlineData("POST", "/api/v1/namespaces/default/serviceaccounts/default/token", "[]")]
    [InlineData("POST", "/api/v1/namespaces/default/serviceaccounts/default/token", "1")]
    [InlineData("POST", "/api/v1/namespaces/default/pods/none/eviction", "[1]")]
    [InlineData("POST", "/api/v1/namespaces/default/pods/none/binding", "\"x\"")]
    [InlineData("DELETE", Maps + "/none", "{\"dryRun\":[1]}")]
    [InlineData("DELETE", Maps + "/none", "{\"dryRun\":\"All\"}")]
    [InlineData("DELETE", Maps + "/none?gracePeriodSeconds=-1", "{\"preconditions\":1}")]
    [InlineData("DELETE", Maps, "[]")]
    [InlineData("PUT", "/apis/apps/v1/namespaces/default/statefulsets/none/scale", "[]")]
    [InlineData("BREW", Maps, "")]
    [InlineData("OPTIONS", "/api/v1", "")]
    public async Task A_request_that_makes_no_sense_is_refused(string method, string path, string body)
    {
        await using var server = await ApiServer.StartAsync(new ApiServerOptions(), Ct);
        var code = await AskAsync(server, method, path, "application/json", body);
        Assert.InRange(code, 400, 499);
    }

    [Theory]
    [InlineData("application/json-patch+json", "[{\"op\":\"add\"}]")]
    [InlineData("application/json-patch+json", "[1,null]")]
    [InlineData("application/json-patch+json", "[{\"op\":\"replace\",\"path\":\"\",\"value\":1}]")]
    [InlineData("application/json-patch+json", "[{\"op\":\"add\",\"path\":\"/data/-/0\",\"value\":1}]")]
    [InlineData("application/json-patch+json", "[{\"op\":\"move\",\"from\":\"\",\"path\":\"/data/x\"}]")]
    [InlineData("application/merge-patch+json", "[]")]
    [InlineData("application/merge-patch+json", "{\"metadata\":1}")]
    [InlineData("application/strategic-merge-patch+json", "{\"$patch\":\"nonsense\"}")]
    [InlineData("application/strategic-merge-patch+json", "{\"metadata\":{\"finalizers\":{\"a\":1}}}")]
    [InlineData("application/apply-patch+yaml", "{\"metadata\":[]}")]
    [InlineData("text/plain", "{}")]
    public async Task A_patch_that_makes_no_sense_is_refused(string type, string body)
    {
        await using var server = await ApiServer.StartAsync(new ApiServerOptions(), Ct);
        await AskAsync(server, "POST", Maps, "application/json", "{\"metadata\":{\"name\":\"a\"}}");
        Assert.InRange(await AskAsync(server, "PATCH", $"{Maps}/a?fieldManager=test", type, body), 400, 499);
    }

    [Fact]
    public async Task A_small_patch_does_not_make_a_large_or_endlessly_deep_object()
    {
        await using var server = await ApiServer.StartAsync(new ApiServerOptions(), Ct);
        await AskAsync(
            server,
            "POST",
            Maps,
            "application/json",
            "{\"metadata\":{\"name\":\"a\"},\"data\":{\"k\":\"" + new string('x', 1_000) + "\"}}"
        );
        var doubled = string.Join(',', Enumerable.Range(0, 40).Select(i => $$"""{"op":"copy","from":"/data","path":"/data/k{{i}}"}"""));
        Assert.Equal(413, await PatchAsync(doubled));

        var wide = string.Join(',', Enumerable.Range(0, 9_000).Select(i => $$"""{"op":"copy","from":"/data/k","path":"/data/k{{i}}"}"""));
        Assert.Equal(413, await PatchAsync(wide));
        Assert.Equal(413, await PatchAsync(string.Join(',', Enumerable.Repeat("""{"op":"test","path":"/data/none"}""", 10_001))));

        var deep = string.Join(
            ',',
            Enumerable
                .Range(1, 200)
                .Select(i =>
                    $$"""{"op":"add","path":"/metadata{{string.Concat(Enumerable.Repeat("/a", i))}}","value":[]}""".Replace(
                        "[]",
                        "{}",
                        StringComparison.Ordinal
                    )
                )
        );
        Assert.Equal(400, await PatchAsync(deep));

        Task<int> PatchAsync(string operations) => AskAsync(server, "PATCH", $"{Maps}/a", "application/json-patch+json", $"[{operations}]");
    }

    private static async Task<int> AskAsync(ApiServer server, string method, string path, string type, string body)
    {
        var access = server.ClientConfiguration();
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        };
        using var http = new HttpClient(handler);
        using var request = new HttpRequestMessage(new(method), new Uri(server.Url + path));
        request.Headers.Authorization = new("Bearer", access.AccessToken);
        request.Content = new StringContent(body, Encoding.Latin1);
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var response = await http.SendAsync(request, Ct);
        var status = KubernetesJson.Deserialize<V1Status>(await response.Content.ReadAsStringAsync(Ct));
        Assert.Equal((int)response.StatusCode, status.Code ?? (int)response.StatusCode);
        return (int)response.StatusCode;
    }

    private static JsonObject Whole(ResourceKind kind)
    {
        var whole = (kind == Kinds.Definition ? JsonNode.Parse(Definition) : Sample(kind.Schema, 0))!.AsObject();
        whole["apiVersion"] = kind.ApiVersion;
        whole["kind"] = kind.Kind;
        foreach (var field in (string[])["managedFields", "resourceVersion", "uid", "namespace", "generateName"])
        {
            whole.Metadata().Remove(field);
        }

        return whole;
    }

    private static JsonObject Least(ResourceKind kind, string name)
    {
        var least = kind.Kind switch
        {
            "StatefulSet" => Of(Samples.StatefulSet(name)),
            "Pod" => Of(Samples.Pod(name)),
            "PersistentVolumeClaim" => Of(Samples.Claim(name)),
            "Service" => Of(new V1Service { Spec = new() { Ports = [new() { Port = 80 }] } }),
            "CustomResourceDefinition" => JsonNode.Parse(Definition)!.AsObject(),
            "Thing" => new JsonObject { ["spec"] = new JsonObject() },
            _ => new JsonObject(),
        };
        if (kind == Kinds.Definition)
        {
            least.Object("spec").Object("names")["plural"] = name;
        }

        least.Metadata()["name"] = kind == Kinds.Definition ? name + ".example.com" : name;
        return least;

        static JsonObject Of(object model) => JsonNode.Parse(KubernetesJson.Serialize(model))!.AsObject();
    }

    private static JsonNode? Sample(Schema schema, int depth) =>
        schema switch
        {
            _ when depth > MaxFields => null,
            Schema.Struct @struct => new JsonObject(
                @struct
                    .Fields.Select(field => KeyValuePair.Create(field.Key, Sample(field.Value, depth + 1)))
                    .Where(field => field.Value is not null)
            ),
            Schema.MapOf map => new JsonObject { ["key"] = Sample(map.Element, depth + 1) },
            Schema.ListOf list => new JsonArray(Sample(list.Element, depth + 1)),
            Schema.Scalar { Type: var type } when type == typeof(bool) => true,
            Schema.Scalar { Type: var type } when type == typeof(ResourceQuantity) || type == typeof(IntOrString) => "1",
            Schema.Scalar { Type: var type } when type == typeof(byte[]) => "AA==",
            Schema.Scalar { Type: var type } when type == typeof(int) || type == typeof(long) || type == typeof(double) => 1,
            Schema.Scalar { Type: var type } when type == typeof(DateTime) => "2026-01-01T00:00:00Z",
            Schema.Scalar => "name",
            _ => new JsonObject(),
        };

    private static IEnumerable<object[]> Paths(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject fields:
                foreach (var (name, value) in fields)
                {
                    yield return [name];
                    foreach (var below in Paths(value))
                    {
                        yield return [name, .. below];
                    }
                }

                break;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                {
                    yield return [i];
                    foreach (var below in Paths(items[i]))
                    {
                        yield return [i, .. below];
                    }
                }

                break;
        }
    }

    private static void Put(JsonNode node, object[] path, JsonNode? value)
    {
        foreach (var part in path[..^1])
        {
            node = part is int index ? node.AsArray()[index]! : node[(string)part] ?? node.AsObject().Object((string)part);
        }

        if (path[^1] is int last)
        {
            node.AsArray()[last] = value;
        }
        else
        {
            node.AsObject()[(string)path[^1]] = value;
        }
    }
}
