using GitOpsOperator.Drift.Etcd;
using k8s.Models;

namespace GitOpsOperator.Drift.Tests.Etcd;

public sealed class EtcdPodTests
{
    // As etcd 3.4.23, 3.5.16 and 3.5.30 wrote it, started sealed on an empty volume.
    private const string LastWords =
        """{"level":"fatal","msg":"discovery failed","error":"cannot fetch cluster info from peer urls: could not retrieve cluster information from the given URLs"}""";

    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData(61, "node-2")]
    [InlineData(59, null)]
    [InlineData(-30, null)]
    public void A_pod_that_its_node_has_not_ended_in_time_is_stuck_there(int secondsOverdue, string? node)
    {
        var pod = Pod("", ready: false, last: true);
        pod.Spec = new V1PodSpec { NodeName = "node-2" };
        pod.Metadata.DeletionTimestamp = Now.UtcDateTime.AddSeconds(-secondsOverdue);

        Assert.Equal(node, EtcdPod.Read(pod, isSealed: true, Now).StuckOn);
    }

    [Fact]
    public void A_pod_that_no_node_takes_has_the_scheduler_s_words()
    {
        var pod = Pod("", ready: false, last: true);
        pod.Status.Conditions.Add(new V1PodCondition { Type = "PodScheduled", Status = "False", Reason = "Unschedulable", Message = "0/3 nodes are available" });

        Assert.Equal("no node takes its pod: 0/3 nodes are available", EtcdPod.Read(pod, isSealed: true, Now).NodeTrouble);
        Assert.Null(EtcdPod.Read(Pod("", ready: false, last: true), isSealed: true, Now).NodeTrouble);
    }

    [Fact]
    public void A_sealed_member_that_finds_no_peer_to_ask_has_lost_its_data() => Assert.True(Read(LastWords, isSealed: true).DataLost);

    [Fact]
    public void An_unsealed_member_may_end_so_without_having_lost_anything() => Assert.False(Read(LastWords, isSealed: false).DataLost);

    [Fact]
    public void Another_end_says_nothing_about_the_data() => Assert.False(Read("panic: runtime error", isSealed: true).DataLost);

    [Fact]
    public void A_member_that_is_ready_again_has_its_data() => Assert.False(Read(LastWords, isSealed: true, ready: true).DataLost);

    [Fact]
    public void The_words_count_while_the_container_waits_to_be_restarted_and_while_it_is_down() =>
        Assert.All([Pod(LastWords, ready: false, last: true), Pod(LastWords, ready: false, last: false)], pod => Assert.True(EtcdPod.Read(pod, isSealed: true, Now).DataLost));

    private static PodLive Read(string message, bool isSealed, bool ready = false) => EtcdPod.Read(Pod(message, ready, last: true), isSealed, Now);

    private static V1Pod Pod(string message, bool ready, bool last)
    {
        var ended = new V1ContainerState { Terminated = new V1ContainerStateTerminated { ExitCode = 1, Message = message } };
        return new()
        {
            Metadata = new V1ObjectMeta { Name = "orders-0-0", Uid = "u" },
            Status = new V1PodStatus
            {
                Phase = "Running",
                Conditions = [new V1PodCondition { Type = "Ready", Status = ready ? "True" : "False" }],
                ContainerStatuses = [last ? new V1ContainerStatus { Name = "etcd", LastState = ended } : new V1ContainerStatus { Name = "etcd", State = ended }],
            },
        };
    }
}
