using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;

namespace GitOpsOperator.Domains.Etcd.Tests.Planning;

/// <summary>What is in force in the middle of a change is what git said under that blob's id, whatever the record says.</summary>
public sealed class AcceptedSpecTests
{
    private static readonly EtcdDesired Four = Scene.Desired(4);

    private static readonly EtcdLive Adding = Scene.Until(Four, Scene.Running(3), live => live.Record!.Intent is EtcdIntent.Add);

    [Fact]
    public void An_image_that_somebody_has_put_into_the_record_is_taken_out_before_anything_is_started_with_it()
    {
        var written = Written(Scene.Next(Four, Edited(Adding)));

        Assert.Equal("the record said otherwise of the same document", written.Why.Split(": ")[1]);
        Assert.Equal(Adding.Record, written.Record);
        Assert.IsType<EtcdStep.AddLearner>(Assert.IsType<Decision<EtcdStep>.Act>(Scene.Next(Four, Adding)).Step);
    }

    [Fact]
    public void One_that_git_has_moved_on_from_is_known_as_long_as_the_operator_lives()
    {
        var five = Scene.Desired(5).After(Four);

        Assert.Equal(Adding.Record, Written(Scene.Next(five, Edited(Adding))).Record);
        Assert.Equal(Four.Spec, Scene.Desired(5).After(five).SpecOf(Four.Source.BlobId));
        Assert.Null(Scene.Desired(5).SpecOf(Four.Source.BlobId));
        Assert.Equal(8, Enumerable.Range(1, 20).Aggregate(Four, (before, n) => Blob(n).After(before)).Earlier.Length);
    }

    /// <summary>Where the document in git cannot be read, the record is all there is: it proves nothing of itself.</summary>
    [Fact]
    public void What_came_from_the_record_proves_nothing()
    {
        var kept = Four with { IsFromGit = false, Source = Edited(Adding).Record!.Accepted! };

        Assert.Null(kept.SpecOf(kept.Source.BlobId));
        Assert.Empty(Scene.Desired(5).After(kept).Earlier);
    }

    private static EtcdDesired Blob(int number) => Four with { Source = Four.Source with { BlobId = $"{number}" } };

    private static EtcdLive Edited(EtcdLive live) =>
        live with
        {
            Record = live.Record! with
            {
                Accepted = live.Record.Accepted! with
                {
                    Spec = live.Record.Accepted.Spec with { ImageRepository = "elsewhere.example/etcd" },
                },
            },
        };

    private static EtcdStep.WriteRecord Written(Decision<EtcdStep> decision) =>
        Assert.IsType<EtcdStep.WriteRecord>(Assert.IsType<Decision<EtcdStep>.Act>(decision).Step);
}
