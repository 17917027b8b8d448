using k8s;
using k8s.Autorest;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Storm;

/// <summary>What a storm happens to, and what was done to it that has not ended.</summary>
internal sealed class StormScene(
    IKubernetes client,
    StormPrograms programs,
    SandboxFaults faults,
    ClusterSight sight,
    DesiredCluster desired,
    ApiWay way,
    VolumeWatch volumes,
    StormJournal journal,
    TimeProvider time
)
{
    private readonly List<(DateTimeOffset Due, string What, Func<CancellationToken, Task> End)> _lasting = [];
    private readonly Dictionary<string, DateTimeOffset> _damaged = new(StringComparer.Ordinal);

    public IKubernetes Client => client;

    public StormPrograms Programs => programs;

    public SandboxFaults Faults => faults;

    public ClusterSight Sight => sight;

    public DesiredCluster Desired => desired;

    public ApiWay Way => way;

    public VolumeWatch Volumes => volumes;

    public StormJournal Journal => journal;

    public TimeProvider Time => time;

    /// <summary>A node that is gone now.</summary>
    public string? NodeDown { get; set; }

    /// <summary>
    /// Members that hold less than they have acknowledged, or something else, by when that was done to them. Never so many that the rest
    /// is not whole.
    /// </summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Damaged => _damaged;

    public int Lasting => _lasting.Count;

    public void Damage(string member) => _damaged[member] = time.GetUtcNow();

    public Task<bool> IsWholeWithoutAsync(string member, CancellationToken cancellationToken) =>
        sight.IsWholeWithoutAsync(member, _damaged.Keys.ToHashSet(StringComparer.Ordinal), cancellationToken);

    /// <summary>Is ended when its time has come, or when all is healed.</summary>
    public void Last(string what, TimeSpan lasts, Func<CancellationToken, Task> end) => _lasting.Add((time.GetUtcNow() + lasts, what, end));

    /// <summary>Ends what has lasted long enough.</summary>
    public Task EndDueAsync(CancellationToken cancellationToken) => EndAsync(entry => entry.Due <= time.GetUtcNow(), cancellationToken);

    /// <summary>Ends all that lasts, and heals every member.</summary>
    /// <param name="but">One that is left as it is; null for none.</param>
    public async Task HealAsync(string? but, CancellationToken cancellationToken)
    {
        await EndAsync(_ => true, cancellationToken);
        foreach (var pod in (await sight.PodsAsync(cancellationToken)).Where(pod => pod.Metadata.Name != $"{but}-0"))
        {
            await faults.OfPodAsync(Sandbox.Faults.Continue, pod.Metadata.Name, cancellationToken);
            await faults.OfPodAsync(Sandbox.Faults.Heal, pod.Metadata.Name, cancellationToken);
        }
    }

    /// <summary>Forgets of damaged members those that have caught up again, and those that are gone with their volumes.</summary>
    public async Task RefreshDamagedAsync(CancellationToken cancellationToken)
    {
        if (_damaged.Count == 0)
        {
            return;
        }

        var members = await sight.MembersAsync(cancellationToken);
        foreach (var (name, since) in _damaged.Where(one => time.GetUtcNow() - one.Value > TimeSpan.FromSeconds(5)).ToList())
        {
            var gone = !volumes.Has($"data-{name}-0") && members.All(member => member.Name != name);
            if (gone || await sight.HasCaughtUpAsync(name, members, cancellationToken))
            {
                _damaged.Remove(name);
                journal.Tell($"{name} is {(gone ? "gone" : "whole again")} after {(time.GetUtcNow() - since).TotalSeconds:F0} s");
            }
        }
    }

    /// <summary>As the remediation says: a member's side is taken away with its volume.</summary>
    /// <returns>False where that would leave too little.</returns>
    public async Task<bool> TakeAwayAsync(string member, CancellationToken cancellationToken)
    {
        // A forced member tells its peers that they are removed, and they end: the rest can only be whole without hearing that.
        await faults.OfPodAsync(Sandbox.Faults.Partition, $"{member}-0", cancellationToken);
        if (!await IsWholeWithoutAsync(member, cancellationToken))
        {
            return false;
        }

        journal.Tell($"a person takes {member} away with its volume");
        Damage(member);
        volumes.Expect($"data-{member}-0");
        await ForceAsync(member, null, cancellationToken);
        await TryAsync(() =>
            client.AppsV1.DeleteNamespacedStatefulSetAsync(member, ClusterSight.Namespace, cancellationToken: cancellationToken)
        );
        await TryAsync(() =>
            client.CoreV1.DeleteNamespacedPersistentVolumeClaimAsync(
                $"data-{member}-0",
                ClusterSight.Namespace,
                cancellationToken: cancellationToken
            )
        );
        return true;
    }

    /// <summary>How a member is told to begin a cluster of its own, or no longer.</summary>
    public Task ForceAsync(string member, string? force, CancellationToken cancellationToken) =>
        TryAsync(() =>
            client.CoreV1.PatchNamespacedConfigMapAsync(
                new V1Patch(
                    new { data = new Dictionary<string, string?> { ["ETCD_FORCE_NEW_CLUSTER"] = force } },
                    V1Patch.PatchType.MergePatch
                ),
                $"{member}-boot",
                ClusterSight.Namespace,
                cancellationToken: cancellationToken
            )
        );

    /// <summary>Does something in Kubernetes that may be done already, or of which there is nothing any more.</summary>
    public static async Task<bool> TryAsync(Func<Task> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (HttpOperationException)
        {
            return false;
        }
    }

    private async Task EndAsync(
        Func<(DateTimeOffset Due, string What, Func<CancellationToken, Task> End), bool> chosen,
        CancellationToken cancellationToken
    )
    {
        foreach (var entry in _lasting.Where(chosen).ToList())
        {
            _lasting.Remove(entry);
            await entry.End(cancellationToken);
            journal.Tell($"over: {entry.What}");
        }
    }
}
