using GitOpsOperator.Sandbox.Controllers.Deployments;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Tests;

public sealed class DeploymentPlanTests
{
    [Theory]
    [InlineData("", 2, "")]
    [InlineData("new-ready", 1, "")]
    [InlineData("new-ready new-ready", 0, "")]
    [InlineData("new-ready new-ready new-unready", 0, "new-unready")]
    [InlineData("old-ready old-ready", 1, "")]
    [InlineData("old-ready old-ready new-unready", 0, "")]
    [InlineData("old-ready old-ready new-ready", 0, "old-ready")]
    [InlineData("old-ready new-ready new-ready", 0, "old-ready")]
    [InlineData("old-unready new-ready", 1, "old-unready")]
    [InlineData("new-failed new-ready", 1, "new-failed")]
    public void Two_replicas_are_kept_with_one_more_at_most_and_no_ready_one_missing(string pods, int create, string delete)
    {
        var deployment = new V1Deployment
        {
            Metadata = new() { Name = "web", Uid = "1" },
            Spec = new() { Replicas = 2 },
        };
        var owned = pods.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((pod, index) => Pod($"{index}", pod.Split('-'))).ToList();
        var actions = DeploymentPlan.Next(deployment, owned, "new");
        Assert.Equal(create, actions.Create);
        Assert.Equal(delete, string.Join(' ', actions.Delete.Select(pod => pod.Metadata.Annotations["is"])));
    }

    private static V1Pod Pod(string name, string[] what) =>
        new()
        {
            Metadata = new()
            {
                Name = name,
                Labels = new Dictionary<string, string> { [DeploymentPlan.HashLabel] = what[0] },
                Annotations = new Dictionary<string, string> { ["is"] = string.Join('-', what) },
            },
            Status = new()
            {
                Phase = what[1] == "failed" ? "Failed" : "Running",
                Conditions = [new() { Type = "Ready", Status = what[1] == "ready" ? "True" : "False" }],
            },
        };
}
