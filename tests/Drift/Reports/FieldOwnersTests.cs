using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsOperator.Drift.Comparison;
using GitOpsOperator.Drift.Owners;
using k8s.Models;

namespace GitOpsOperator.Drift.Tests.Reports;

public sealed class FieldOwnersTests
{
    private static readonly JsonNode Container = JsonNode.Parse("""{"name":"etcd","ports":[{"containerPort":2379}]}""")!;

    [Fact]
    public void A_field_of_a_list_item_is_found_by_the_item_keys()
    {
        var owners = Owners(
            """{"f:spec":{"f:containers":{"k:{\"name\":\"etcd\"}":{".":{},"f:image":{},"f:ports":{"k:{\"containerPort\":2379,"""
                + """\"protocol\":\"TCP\"}":{"f:name":{}}}}}}}"""
        );
        var container = FieldPath.Root.Below("spec").Below("containers").At("etcd", Container);
        Assert.Equal("kubectl-edit", owners.Other(container.Below("image"))?.Manager);
        Assert.Null(owners.Other(container.Below("args")));
        Assert.Null(
            owners.Other(
                FieldPath.Root.Below("spec").Below("containers").At("other", JsonNode.Parse("""{"name":"other"}""")!).Below("image")
            )
        );

        // The API server notes the protocol by default, which the item itself need not say.
        Assert.NotNull(owners.Other(container.Below("ports").At("2379", Container["ports"]![0]!).Below("name")));
    }

    [Fact]
    public void What_is_owned_as_a_whole_is_owned_in_its_parts() =>
        Assert.NotNull(Owners("""{"f:spec":{"f:selector":{}}}""").Other(FieldPath.Root.Below("spec").Below("selector").Below("a")));

    [Fact]
    public void Nobody_is_named_for_what_managedFields_does_not_hold()
    {
        Assert.Null(new FieldOwners(new V1ObjectMeta()).Other(FieldPath.Root.Below("spec")));
        Assert.Null(
            Owners("""{"f:spec":{"f:replicas":{}}}""", ObjectLabels.FieldManager).Other(FieldPath.Root.Below("spec").Below("replicas"))
        );
        Assert.Null(Owners("""{"f:spec":{"k:broken":{}}}""").Other(FieldPath.Root.Below("spec").At("x", Container)));
    }

    private static FieldOwners Owners(string fields, string manager = "kubectl-edit") =>
        new(
            new V1ObjectMeta
            {
                ManagedFields =
                [
                    new V1ManagedFieldsEntry
                    {
                        Manager = manager,
                        Operation = "Update",
                        Time = DateTime.UnixEpoch,
                        FieldsV1 = JsonSerializer.Deserialize<JsonElement>(fields),
                    },
                ],
            }
        );
}
