using System.Text.Json;
using k8s;
using k8s.Models;
using static GitOpsOperator.Sandbox.Tests.Api.Samples;

namespace GitOpsOperator.Sandbox.Tests.Api;

public sealed class DefinitionsInProcess(InProcessApi api) : DefinitionContract(api);

[Trait("starts", "processes")]
public sealed class DefinitionsOnRealKubernetes(RealApi api) : DefinitionContract(api);

/// <summary>Kinds that are defined at run time.</summary>
public abstract class DefinitionContract(ApiUnderTest api)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_object_of_a_defined_kind_is_made_listed_and_found()
    {
        using var world = await WorldAsync();
        await world.CreateAsync("""{"metadata": {"name": "a"}, "spec": {"size": 3}}""");
        var made = await world.ReadAsync("a");
        Assert.Equal(
            (3, 1),
            (made.GetProperty("spec").GetProperty("size").GetInt32(), made.GetProperty("metadata").GetProperty("generation").GetInt32())
        );
        var listed = await world.ListAsync();
        Assert.Equal(
            "a",
            Assert.Single(listed.GetProperty("items").EnumerateArray()).GetProperty("metadata").GetProperty("name").GetString()
        );
        Assert.Equal("ShelfList", listed.GetProperty("kind").GetString());
    }

    [Theory]
    [InlineData("""{"size": "three"}""", "spec.size", "FieldValueTypeInvalid")]
    [InlineData("""{"size": 9}""", "spec.size", "FieldValueInvalid")]
    [InlineData("""{"colour": "red"}""", "spec.size", "FieldValueRequired")]
    [InlineData("""{"size": 1, "colour": "blue"}""", "spec.colour", "FieldValueNotSupported")]
    [InlineData("""{"size": 1, "name": "UPPER"}""", "spec.name", "FieldValueInvalid")]
    public async Task What_the_schema_forbids_is_refused_by_field(string spec, string field, string reason)
    {
        using var world = await WorldAsync();
        var refusal = await RefusalAsync(() => world.CreateAsync($$"""{"metadata": {"name": "a"}, "spec": {{spec}} }"""));
        Assert.Equal((422, "Invalid"), (refusal.Code, refusal.Reason));
        var cause = Assert.Single(refusal.Details.Causes, cause => cause.Field == field);

        // What a wrong type is called has changed between releases of Kubernetes.
        Assert.Contains(cause.Reason, new[] { reason, "FieldValueInvalid" });
    }

    [Fact]
    public async Task A_field_that_the_schema_does_not_have_is_dropped_unless_it_says_otherwise()
    {
        using var world = await WorldAsync();
        await world.CreateAsync(
            """{"metadata": {"name": "a"}, "spec": {"size": 1, "unheard": true, "anything": {"of": ["any", {"kind": 1}]}}}"""
        );
        var spec = (await world.ReadAsync("a")).GetProperty("spec");
        Assert.False(spec.TryGetProperty("unheard", out _));
        Assert.Equal("""{"of":["any",{"kind":1}]}""", JsonSerializer.Serialize(spec.GetProperty("anything")));
    }

    [Fact]
    public async Task Status_is_written_apart_and_moves_no_generation()
    {
        using var world = await WorldAsync();
        await world.ApplyAsync("a", """{"spec": {"size": 1}, "status": {"phase": "ignored"}}""", "one");
        Assert.False((await world.ReadAsync("a")).TryGetProperty("status", out _));

        await world.ApplyStatusAsync(
            "a",
            """{"spec": {"size": 7}, "status": {"phase": "Ready", "conditions": [{"type": "Ready", "status": "True"}]}}""",
            "one"
        );
        await world.ApplyStatusAsync("a", """{"status": {"conditions": [{"type": "Sound", "status": "False"}]}}""", "two");
        var read = await world.ReadAsync("a");
        Assert.Equal(
            (1, 1),
            (read.GetProperty("spec").GetProperty("size").GetInt32(), read.GetProperty("metadata").GetProperty("generation").GetInt32())
        );
        Assert.Equal("Ready", read.GetProperty("status").GetProperty("phase").GetString());
        Assert.Equal(
            ["Ready", "Sound"],
            read.GetProperty("status")
                .GetProperty("conditions")
                .EnumerateArray()
                .Select(condition => condition.GetProperty("type").GetString())
                .Order()
        );

        await world.ApplyAsync("a", """{"spec": {"size": 2}}""", "one");
        Assert.Equal(2, (await world.ReadAsync("a")).GetProperty("metadata").GetProperty("generation").GetInt32());
    }

    [Fact]
    public async Task With_its_definition_go_the_objects_and_the_kind()
    {
        using var world = await WorldAsync();
        await world.CreateAsync("""{"metadata": {"name": "a"}, "spec": {"size": 1}}""");
        await world.DeleteDefinitionAsync();
        await EventuallyAsync(() => GoneAsync(() => world.ListAsync()), "the kind is gone", Ct);

        await world.DefineAsync();
        Assert.Empty((await world.ListAsync()).GetProperty("items").EnumerateArray());
    }

    private Task<World> WorldAsync() => World.OpenAsync(api);

    /// <summary>One test's own kind: definitions are of the whole server.</summary>
    private sealed class World(ApiSession session, string group) : IDisposable
    {
        private const string Plural = "shelves";

        public static async Task<World> OpenAsync(ApiUnderTest api)
        {
            var session = await ApiSession.OpenAsync(api, Ct);
            var world = new World(session, $"{session.Namespace}.example.com");
            await world.DefineAsync();
            return world;
        }

        public async Task DefineAsync()
        {
            var definition = KubernetesYaml.Deserialize<V1CustomResourceDefinition>(
                $$"""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata:
                  name: {{Plural}}.{{group}}
                spec:
                  group: {{group}}
                  scope: Namespaced
                  names: {kind: Shelf, plural: {{Plural}}, singular: shelf, listKind: ShelfList}
                  versions:
                    - name: v1
                      served: true
                      storage: true
                      subresources:
                        status: {}
                      schema:
                        openAPIV3Schema:
                          type: object
                          properties:
                            spec:
                              type: object
                              required: [size]
                              properties:
                                size: {type: integer, minimum: 1, maximum: 7}
                                colour: {type: string, enum: [red, green]}
                                name: {type: string, pattern: "^[a-z]+$"}
                                anything: {type: object, x-kubernetes-preserve-unknown-fields: true}
                            status:
                              type: object
                              properties:
                                phase: {type: string}
                                conditions:
                                  type: array
                                  x-kubernetes-list-type: map
                                  x-kubernetes-list-map-keys: [type]
                                  items:
                                    type: object
                                    required: [type, status]
                                    properties: 
                                      type: {type: string}
                                      status: {type: string}
                """
            );
            await session.Client.ApiextensionsV1.CreateCustomResourceDefinitionAsync(definition, cancellationToken: Ct);
            await EventuallyAsync(async () => !await GoneAsync(() => ListAsync()), "the kind is served", Ct);
        }

        public async Task DeleteDefinitionAsync() =>
            await session.Client.ApiextensionsV1.DeleteCustomResourceDefinitionAsync($"{Plural}.{group}", cancellationToken: Ct);

        public async Task CreateAsync(string body) =>
            await session.Client.CustomObjects.CreateNamespacedCustomObjectAsync(
                Whole(body),
                group,
                "v1",
                session.Namespace,
                Plural,
                cancellationToken: Ct
            );

        public async Task<JsonElement> ReadAsync(string name) =>
            (JsonElement)
                await session.Client.CustomObjects.GetNamespacedCustomObjectAsync(group, "v1", session.Namespace, Plural, name, Ct);

        public async Task<JsonElement> ListAsync() =>
            (JsonElement)
                await session.Client.CustomObjects.ListNamespacedCustomObjectAsync(
                    group,
                    "v1",
                    session.Namespace,
                    Plural,
                    cancellationToken: Ct
                );

        public async Task ApplyAsync(string name, string body, string manager) =>
            await session.Client.CustomObjects.PatchNamespacedCustomObjectAsync(
                new V1Patch(Named(body, name), V1Patch.PatchType.ApplyPatch),
                group,
                "v1",
                session.Namespace,
                Plural,
                name,
                fieldManager: manager,
                force: true,
                cancellationToken: Ct
            );

        public async Task ApplyStatusAsync(string name, string body, string manager) =>
            await session.Client.CustomObjects.PatchNamespacedCustomObjectStatusAsync(
                new V1Patch(Named(body, name), V1Patch.PatchType.ApplyPatch),
                group,
                "v1",
                session.Namespace,
                Plural,
                name,
                fieldManager: manager,
                force: true,
                cancellationToken: Ct
            );

        public void Dispose() => session.Dispose();

        private Dictionary<string, object?> Named(string body, string name) => new(Whole(body)) { ["metadata"] = new { name } };

        private Dictionary<string, object?> Whole(string body) =>
            new(JsonSerializer.Deserialize<Dictionary<string, object?>>(body)!) { ["apiVersion"] = $"{group}/v1", ["kind"] = "Shelf" };
    }
}
