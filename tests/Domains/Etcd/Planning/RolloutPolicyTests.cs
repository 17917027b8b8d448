using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Planning;
using GitOpsOperator.Domains.Etcd.Rendering;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Drift.Comparison;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Specs;
using k8s.Models;

namespace GitOpsOperator.Domains.Etcd.Tests.Planning;

/// <summary>Another version of the operator that renders the same documents differently.</summary>
public sealed class RolloutPolicyTests
{
    private static readonly EtcdHashes Newer = Scene.Hashes with
    {
        StatefulSet = (desired, index) => $"newer {Scene.Hashes.StatefulSet(desired, index)}",
    };

    [Fact]
    public void A_newer_version_of_the_operator_restarts_nothing() =>
        Assert.Equal("converged", EtcdPlanner.Decide(Scene.Desired(3), Scene.Running(3), Newer).Rule);

    [Fact]
    public void A_newer_version_of_the_operator_rolls_where_the_document_says_so()
    {
        var always = With(Scene.Desired(3), spec => spec with { RolloutPolicy = RolloutPolicy.Always });

        var end = Scene.Until(always, Scene.Running(3), _ => false, Newer);

        Assert.All(end.Members, member => Assert.StartsWith("newer", member.Pod!.SpecHash, StringComparison.Ordinal));
        Assert.Equal(
            3,
            EtcdForecast.Unfold(always, Scene.Running(3), Newer).Steps.Count(step => step.Kind == nameof(EtcdStep.UpdateMember))
        );
    }

    [Fact]
    public void The_next_change_of_the_document_brings_the_new_rendering_with_it()
    {
        var end = Scene.Until(Scene.Desired(3, version: "3.5.30"), Scene.Running(3), _ => false, Newer);

        Assert.All(end.Members, member => Assert.StartsWith("newer 3.5.30", member.Pod!.SpecHash, StringComparison.Ordinal));
    }

    [Fact]
    public void A_member_that_joins_meanwhile_has_the_new_rendering_and_the_others_stay()
    {
        var end = Scene.Until(Scene.Desired(5), Scene.Running(3), _ => false, Newer);

        Assert.Equal(
            [false, false, false, true, true],
            end.Members.Select(member => member.Pod!.SpecHash!.StartsWith("newer", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void What_does_not_say_what_was_asked_for_is_judged_by_what_it_was_rendered_as()
    {
        var old = Scene.Running(3);
        old = old.Members.Aggregate(
            old,
            (live, member) =>
                live.With(
                    member.Index,
                    m => m with { StatefulSet = m.StatefulSet! with { DesiredHash = null }, Pod = m.Pod! with { DesiredHash = null } }
                )
        );

        Assert.Equal("converged", EtcdPlanner.Decide(Scene.Desired(3), old, Scene.Hashes).Rule);
        Assert.NotEqual("converged", EtcdPlanner.Decide(Scene.Desired(3), old, Newer).Rule);
    }

    [Theory]
    [InlineData("size", false)]
    [InlineData("suspend", false)]
    [InlineData("mode", false)]
    [InlineData("rolloutPolicy", false)]
    [InlineData("version", true)]
    [InlineData("image", true)]
    [InlineData("podAnnotations", true)]
    public void What_is_asked_of_a_member_is_told_apart_from_what_is_asked_of_the_cluster(string field, bool ofMembers)
    {
        var desired = Scene.Desired(3);
        var changed = With(
            desired,
            spec =>
                field switch
                {
                    "size" => spec with { Size = 5 },
                    "suspend" => spec with { Suspend = true },
                    "mode" => spec with { Mode = DriftMode.Report },
                    "rolloutPolicy" => spec with { RolloutPolicy = RolloutPolicy.Always },
                    "version" => Scene.Desired(3, version: "3.5.30").Spec,
                    "image" => spec with { ImageRepository = "registry.example/etcd" },
                    _ => spec with { Pods = spec.Pods with { Annotations = """{"restarted":"again"}""" } },
                }
        );

        Assert.Equal(ofMembers, EtcdRendering.DesiredHash(desired) != EtcdRendering.DesiredHash(changed));
    }

    [Fact]
    public void A_different_rendering_is_told_and_not_put_back_and_what_somebody_changed_still_is()
    {
        var rendered = EtcdRendering.StatefulSet(Scene.Desired(3), 0, voter: true);
        var older = EtcdRendering.StatefulSet(Scene.Desired(3), 0, voter: true);
        older.Metadata.Annotations[ObjectLabels.SpecHashAnnotation] = "older";
        older.Spec.Template.Spec.TerminationGracePeriodSeconds = 7;
        older.Metadata.ManagedFields =
        [
            new V1ManagedFieldsEntry
            {
                Manager = ObjectLabels.FieldManager,
                Operation = "Apply",
                FieldsType = "FieldsV1",
                FieldsV1 = System.Text.Json.JsonSerializer.SerializeToElement(
                    new Dictionary<string, object>
                    {
                        ["f:metadata"] = new Dictionary<string, object>
                        {
                            ["f:annotations"] = new Dictionary<string, object> { [$"f:{ObjectLabels.SpecHashAnnotation}"] = new { } },
                        },
                        ["f:spec"] = new Dictionary<string, object>
                        {
                            ["f:template"] = new Dictionary<string, object>
                            {
                                ["f:spec"] = new Dictionary<string, object> { ["f:terminationGracePeriodSeconds"] = new { } },
                            },
                        },
                    }
                ),
            },
        ];

        var told = Assert.Single(
            ObjectDrift.Compare(rendered, older, sameDesired: true),
            fact => fact.Path.EndsWith("terminationGracePeriodSeconds", StringComparison.Ordinal)
        );
        Assert.Equal(DriftClass.Intent, told.Class);
        Assert.Contains("its rollout policy is Always", told.Action, StringComparison.Ordinal);
        Assert.DoesNotContain(ObjectDrift.Compare(rendered, older, sameDesired: true), fact => fact.Reverts);

        older.Spec.Replicas = 0;
        older.Metadata.ManagedFields.Add(
            new V1ManagedFieldsEntry
            {
                Manager = "kubectl-scale",
                Operation = "Update",
                FieldsType = "FieldsV1",
                FieldsV1 = System.Text.Json.JsonSerializer.SerializeToElement(
                    new Dictionary<string, object> { ["f:spec"] = new Dictionary<string, object> { ["f:replicas"] = new { } } }
                ),
            }
        );
        Assert.True(Assert.Single(ObjectDrift.Compare(rendered, older, sameDesired: true), fact => fact.Class == DriftClass.Drift).Reverts);
    }

    private static EtcdDesired With(EtcdDesired desired, Func<EtcdSpec, EtcdSpec> change) =>
        desired with
        {
            Source = desired.Source with { Spec = change(desired.Spec) },
        };
}
