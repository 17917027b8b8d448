using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Planning;
using GitOpsOperator.Domains.Etcd.Rendering;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Domains.Etcd.Tests.Planning;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Recording;
using GitOpsOperator.Reconcile.Tests.Proofs;
using Microsoft.Extensions.Logging.Abstractions;

namespace GitOpsOperator.Domains.Etcd.Tests.Proofs;

/// <summary>A recording of what went as the model says is believed, and each thing that did not go so is named. Real recordings are judged
/// by the end-to-end tests.</summary>
public sealed class RecordedRunTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_went_as_the_model_says_is_known()
    {
        var run = await KeptAsync(Passes(5));

        Assert.Empty(run.Disagreements());
        Assert.True(run.Transitions > 40, $"{run.Transitions}");
    }

    public static TheoryData<string, string> Wrongs =>
        new()
        {
            { "a step is left out", "3 answers is 'as a voter of 3.5.16', where the model knows" },
            { "a member has gone", "1 listed, which was 'voter', is gone" },
            { "another image", "1 pod is '" },
            { "another record", "record is '" },
            { "an unknown member", "unknown members is 'http://elsewhere:2380', where the model knows ''" },
            { "another id", "0 is listed as abc, and was 1000: indexes are never used twice" },
            { "an older copy", "the leader is at LogPosition { Term = 1, Index = 900 }, after LogPosition { Term = 1, Index = 1000 }" },
            { "another decision", "decided was 'grow: nothing', and on the same facts it is '" },
        };

    [Theory]
    [MemberData(nameof(Wrongs))]
    public async Task What_did_not_go_so_is_named(string wrong, string named)
    {
        var passes = Passes(5);
        var last = passes.Count - 1;
        switch (wrong)
        {
            case "a step is left out":
                passes.RemoveRange(passes.FindIndex(pass => pass.Decision.Contains("add member orders-3 ", StringComparison.Ordinal)), 12);
                break;
            case "a member has gone":
                passes[last] = Seen(passes[last], EtcdModel.Change(passes[last].Facts.Live, 1, m => m with { Entry = null }));
                break;
            case "another image":
                passes[last] = Seen(
                    passes[last],
                    EtcdModel.Change(passes[last].Facts.Live, 1, m => m with { Pod = m.Pod! with { Image = "elsewhere/etcd:v3.5.16" } })
                );
                break;
            case "another record":
                passes[last] = Seen(
                    passes[last],
                    passes[last].Facts.Live with
                    {
                        Record = passes[last].Facts.Live.Record! with { NextIndex = 17 },
                    }
                );
                break;
            case "another id":
                passes[last] = Seen(
                    passes[last],
                    EtcdModel.Change(passes[last].Facts.Live, 0, m => m with { Entry = m.Entry! with { Id = 0xabc } })
                );
                break;
            case "an older copy":
                passes[last] = Seen(
                    passes[last],
                    passes[last].Facts.Live with
                    {
                        Settled = true,
                        Members = [.. passes[last].Facts.Live.Members.Select(Behind)],
                    }
                );
                break;
            case "an unknown member":
                passes[last] = Seen(
                    passes[last],
                    passes[last].Facts.Live with
                    {
                        UnknownEntries = [new(1, "x", "http://elsewhere:2380", false)],
                    }
                );
                break;
            default:
                passes[last] = passes[last] with { Decision = "grow: nothing" };
                break;
        }

        Assert.Contains((await KeptAsync(passes)).Disagreements(), disagreement => disagreement.Contains(named, StringComparison.Ordinal));
    }

    [Fact]
    public async Task That_somebody_is_not_seen_for_a_moment_needs_no_reason()
    {
        var passes = Passes(3);
        var at = passes[^1];
        var silent = at.Facts.Live with { Members = [.. at.Facts.Live.Members.Select(m => m.Index == 1 ? m.OutOfReach() : m)] };
        passes.Add(Decided(at.Facts.Desired, silent));
        passes.Add(at);
        passes.Add(Decided(at.Facts.Desired, World.Blind(at.Facts.Live)));
        passes.Add(at);

        Assert.Empty((await KeptAsync(passes)).Disagreements());
    }

    [Fact]
    public async Task A_file_that_is_full_takes_no_more()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("recording-").FullName, "recording.jsonl");
        await using (var filled = File.Create(file))
        {
            filled.SetLength(PassRecorder.MaxBytes - 10);
        }

        using (var recorder = new PassRecorder(file, TimeProvider.System, NullLogger<PassRecorder>.Instance))
        {
            recorder.Record(Scene.Orders, "decided", "seen");
        }

        Assert.Equal(PassRecorder.MaxBytes - 10, new FileInfo(file).Length);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    private static MemberLive Behind(MemberLive member) =>
        member with
        {
            Endpoint = new EndpointLive.Reachable(MemberHealth.Status(member)! with { RaftIndex = 900 }),
        };

    /// <summary>Nothing grows to so many members, as an operator would see it that looks after each thing that happens.</summary>
    private static List<RecordedPass<EtcdFacts>> Passes(int size)
    {
        var desired = Scene.Desired(size);
        var model = new EtcdModel(desired, EtcdHashes.Rendered);
        var passes = new List<RecordedPass<EtcdFacts>>();
        var live = Scene.Nothing;
        while (true)
        {
            passes.Add(Decided(desired, live));
            var next = EtcdPlanner.Next(desired, live) is Decision<EtcdStep>.Act act ? model.ApplyTo(live, act.Step) : model.Advance(live);
            if (ReferenceEquals(next, live))
            {
                return passes;
            }

            live = next;
        }
    }

    private static RecordedPass<EtcdFacts> Decided(EtcdDesired desired, EtcdLive live)
    {
        var (decision, rule) = EtcdPlanner.Decide(desired, live, EtcdHashes.Rendered);
        return new(
            default,
            desired.Cluster.ToString(),
            DecisionText.Of(decision, rule, step => step.Describe(live).Sentence),
            new(desired, live)
        );
    }

    private static RecordedPass<EtcdFacts> Seen(RecordedPass<EtcdFacts> pass, EtcdLive live) =>
        pass with
        {
            Facts = pass.Facts with { Live = live },
        };

    private static Task<RecordedRun> KeptAsync(List<RecordedPass<EtcdFacts>> passes) =>
        RecordingFile.KeptAsync(Scene.Orders, passes, file => RecordedRun.ReadAsync(file, isDisturbed: false, Token));
}
