using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Planning;
using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Domains.Prometheus.Tests.Planning;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Recording;
using GitOpsOperator.Reconcile.Tests.Proofs;

namespace GitOpsOperator.Domains.Prometheus.Tests.Proofs;

/// <summary>A recording of what went as the model says is believed, and each thing that did not go so is named. Real recordings are judged
/// by the end-to-end tests.</summary>
public sealed class RecordedPrometheusTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_went_as_the_model_says_is_known()
    {
        var run = await KeptAsync(await PassesAsync(_ => false));

        Assert.Empty(run.Disagreements());
        Assert.True(run.Transitions > 10, $"{run.Transitions}");
    }

    [Theory]
    [InlineData("ApplyShard", "0 StatefulSet is '")]
    [InlineData("Publish", "0 configuration is '")]
    [InlineData("Confirm", "confirmed is '")]
    [InlineData("Begin", "reached, which was '")]
    public async Task A_step_that_nobody_decided_is_named(string leftOut, string named)
    {
        var run = await KeptAsync(await PassesAsync(step => step.GetType().Name == leftOut));

        Assert.Contains(run.Disagreements(), disagreement => disagreement.Contains(named, StringComparison.Ordinal));
    }

    /// <summary>Nothing becomes a Prometheus, which then becomes one of another version.</summary>
    /// <param name="leftOut">Passes that decided on such a step are missing.</param>
    private static async Task<List<RecordedPass<PrometheusFacts>>> PassesAsync(Func<PrometheusStep, bool> leftOut)
    {
        var passes = new List<RecordedPass<PrometheusFacts>>();
        var first = PrometheusScene.Desired();
        var live = Go(first, await PrometheusScene.Nothing(first).SeenByAsync(first));
        var second = PrometheusScene.Desired("version: v3.6.0");
        Go(second, await live.SeenByAsync(second));
        return passes;

        PrometheusLive Go(PrometheusDesired desired, PrometheusLive live)
        {
            var model = new PrometheusModel(desired, PrometheusScene.Hashes);
            while (true)
            {
                var decision = PrometheusPlanner.Next(desired, live);
                var act = decision as Decision<PrometheusStep>.Act;
                if (act is null || !leftOut(act.Step))
                {
                    passes.Add(
                        new(default, desired.Cluster.ToString(), decision.ToString() ?? "", PrometheusFacts.Of(desired, live, decision))
                    );
                }

                var next = act is null ? model.Advance(live) : model.Apply(live, act.Step);
                if (ReferenceEquals(next, live))
                {
                    return live;
                }

                live = next;
            }
        }
    }

    private static Task<RecordedPrometheus> KeptAsync(List<RecordedPass<PrometheusFacts>> passes) =>
        RecordingFile.KeptAsync(new("prometheus", "monitoring", "main"), passes, file => RecordedPrometheus.ReadAsync(file, Token));
}
