using GitOpsOperator.Domains.Etcd.Live;
using k8s.Models;

namespace GitOpsOperator.Domains.Etcd.Tests.Live;

public sealed class EtcdPodTests
{
    // As etcd 3.4.23, 3.5.16 and 3.5.30 wrote it, started sealed on an empty volume.
    private const string LastWords =
        """{"level":"fatal","msg":"discovery failed","error":"cannot fetch cluster info from peer urls: could not retrieve """
        + """cluster information from the given URLs"}""";

    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly DateTime Sealed = Now.UtcDateTime.AddMinutes(-5);

    [Theory]
    [InlineData(61, "node-2")]
    [InlineData(59, null)]
    [InlineData(-30, null)]
    public void A_pod_that_its_node_has_not_ended_in_time_is_stuck_there(int secondsOverdue, string? node)
    {
        var pod = Pod(Crashing(""));
        pod.Spec = new V1PodSpec { NodeName = "node-2" };
        pod.Metadata.DeletionTimestamp = Now.UtcDateTime.AddSeconds(-secondsOverdue);

        Assert.Equal(node, EtcdPod.Read(pod, Sealed, Now).StuckOn);
    }

    [Fact]
    public void A_pod_that_no_node_takes_has_the_scheduler_s_words()
    {
        var pod = Pod(Crashing(""));
        pod.Status.Conditions.Add(
            new V1PodCondition
            {
                Type = "PodScheduled",
                Status = "False",
                Reason = "Unschedulable",
                Message = "0/3 nodes are available",
            }
        );

        Assert.Equal("no node takes its pod: 0/3 nodes are available", EtcdPod.Read(pod, Sealed, Now).NodeNotReadyReason);
        Assert.Null(EtcdPod.Read(Pod(Crashing("")), Sealed, Now).NodeNotReadyReason);
    }

    [Fact]
    public void A_sealed_member_that_finds_no_peer_to_ask_has_lost_its_data() => Assert.True(Read(Crashing(LastWords)).DataLost);

    [Fact]
    public void An_unsealed_member_may_end_so_without_having_lost_anything() =>
        Assert.False(EtcdPod.Read(Pod(Crashing(LastWords)), sealedAt: null, Now).DataLost);

    [Fact]
    public void Another_end_says_nothing_about_the_data() => Assert.False(Read(Crashing("panic: runtime error")).DataLost);

    [Fact]
    public void A_member_that_is_ready_again_has_its_data() =>
        Assert.False(EtcdPod.Read(Pod(Crashing(LastWords), ready: true), Sealed, Now).DataLost);

    [Fact]
    public void The_words_count_while_the_container_waits_to_be_restarted_and_while_it_is_down() =>
        Assert.All(
            [Crashing(LastWords), new() { State = new() { Terminated = Ended(LastWords) } }],
            container => Assert.True(Read(container).DataLost)
        );

    /// <summary>
    /// The first start of a newcomer that found no peer for a moment ends with the same words, and they stay in its pod for as long as it
    /// lives.
    /// </summary>
    [Fact]
    public void Words_of_an_earlier_container_count_for_nothing_once_another_runs()
    {
        var container = new V1ContainerStatus
        {
            State = new() { Running = new() { StartedAt = Sealed.AddSeconds(30) } },
            LastState = new() { Terminated = Ended(LastWords) },
        };

        Assert.False(Read(container).DataLost);
        Assert.False(EtcdPod.Read(Pod(container, phase: "Unknown"), Sealed, Now).DataLost);
    }

    [Theory]
    [InlineData(-60, false)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void Words_of_a_container_that_was_started_before_the_seal_count_for_nothing(int secondsAfter, bool counts) =>
        Assert.Equal(counts, Read(Crashing(LastWords, Sealed.AddSeconds(secondsAfter))).DataLost);

    [Theory]
    [InlineData("ImagePullBackOff")]
    [InlineData("CreateContainerConfigError")]
    [InlineData("ContainerCreating")]
    public void Words_count_for_nothing_where_the_pod_is_silent_for_another_reason(string reason) =>
        Assert.False(
            Read(
                new()
                {
                    State = new() { Waiting = new() { Reason = reason } },
                    LastState = new() { Terminated = Ended(LastWords) },
                }
            ).DataLost
        );

    [Fact]
    public void Words_count_for_nothing_once_the_pod_is_told_to_end()
    {
        var pod = Pod(Crashing(LastWords));
        pod.Metadata.DeletionTimestamp = Now.UtcDateTime;

        Assert.False(EtcdPod.Read(pod, Sealed, Now).DataLost);
    }

    /// <summary>What keeps etcd's container from running is Kubernetes' doing, but for an end by itself.</summary>
    public static TheoryData<string, string?, string?> Troubles =>
        new()
        {
            { "Pending", null, "its container is not started" },
            { "Pending", """{"waiting":{"reason":"ContainerCreating"}}""", "its container is not started: ContainerCreating" },
            {
                "Pending",
                """{"waiting":{"reason":"ErrImagePull","message":"not found"}}""",
                "its container is not started: ErrImagePull: not found"
            },
            { "Running", """{"waiting":{"reason":"ImagePullBackOff"}}""", "its container is not started: ImagePullBackOff" },
            {
                "Running",
                """{"waiting":{"reason":"CreateContainerConfigError","message":"no such secret"}}""",
                "its container is not started: CreateContainerConfigError: no such secret"
            },
            { "Running", """{"running":{}}""", null },
            { "Running", """{"terminated":{"exitCode":1}}""", null },
            { "Running", """{"waiting":{"reason":"CrashLoopBackOff"}}""", null },
            { "Failed", """{"terminated":{"exitCode":137}}""", "its pod has ended: Evicted" },
            { "Unknown", """{"running":{}}""", "its kubelet does not say how its pod is" },
        };

    [Theory]
    [MemberData(nameof(Troubles))]
    public void What_keeps_the_container_from_running_is_told_in_the_kubelet_s_words(string phase, string? state, string? reason)
    {
        var pod = Pod(
            new()
            {
                State = state is null ? null : k8s.KubernetesJson.Deserialize<V1ContainerState>(state),
                LastState = new() { Terminated = Ended("panic") },
            },
            phase: phase
        );
        pod.Status.Reason = "Evicted";

        Assert.Equal(reason, EtcdPod.Read(pod, Sealed, Now).WaitingReason);
        pod.Metadata.DeletionTimestamp = Now.UtcDateTime;
        Assert.Equal("its pod is ending", EtcdPod.Read(pod, Sealed, Now).WaitingReason);
    }

    private static PodLive Read(V1ContainerStatus container) => EtcdPod.Read(Pod(container), Sealed, Now);

    private static V1ContainerStatus Crashing(string message, DateTime? started = null) =>
        new()
        {
            State = new() { Waiting = new() { Reason = "CrashLoopBackOff" } },
            LastState = new() { Terminated = Ended(message, started) },
        };

    private static V1ContainerStateTerminated Ended(string message, DateTime? started = null) =>
        new()
        {
            ExitCode = 1,
            Message = message,
            StartedAt = started ?? Sealed.AddSeconds(10),
        };

    private static V1Pod Pod(V1ContainerStatus container, bool ready = false, string phase = "Running")
    {
        container.Name = "etcd";
        return new()
        {
            Metadata = new V1ObjectMeta { Name = "orders-0-0", Uid = "u" },
            Status = new V1PodStatus
            {
                Phase = phase,
                Conditions = [new V1PodCondition { Type = "Ready", Status = ready ? "True" : "False" }],
                ContainerStatuses = [container],
            },
        };
    }
}
