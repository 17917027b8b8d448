using GitOpsOperator.Domains.Etcd.Live;

namespace GitOpsOperator.Domains.Etcd.Rendering;

/// <summary>
/// What the objects of a cluster would hash to if they were rendered now. The planner compares hashes and never sees a manifest, so its
/// rules are tested without rendering anything.
/// </summary>
/// <param name="StatefulSet">Hash of a member's StatefulSet by index, without the voter role.</param>
/// <param name="Desired">Hash of what git asks of a member, which no version of this operator changes.</param>
/// <param name="Shared">Hashes of the shared objects for a disruption budget's minAvailable; null: without a budget.</param>
public sealed record EtcdHashes(
    Func<EtcdDesired, int, string> StatefulSet,
    Func<EtcdDesired, string> Desired,
    Func<EtcdDesired, int?, SharedObjectsLive> Shared
)
{
    public static readonly EtcdHashes Rendered = new(EtcdRendering.StatefulSetHash, EtcdRendering.DesiredHash, EtcdRendering.SharedHashes);
}
