using System.Globalization;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Planning;
using GitOpsOperator.Domains.Etcd.Rendering;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Domains.Etcd.Tests.Planning;

/// <summary>Worlds to plan in. None is written down by hand: each was reached from nothing by the planner and the model.</summary>
internal static class Scene
{
    public static readonly ClusterKey Orders = new("etcd", "default", "orders");

    /// <summary>Hashes that differ where a rendering would, without rendering.</summary>
    public static readonly EtcdHashes Hashes = new(
        (desired, index) => string.Create(CultureInfo.InvariantCulture, $"{desired.Spec.Version}/{desired.Spec.ImageRepository}/{index}"),
        desired => $"{desired.Spec.Version}/{desired.Spec.ImageRepository}",
        (_, minAvailable) =>
            new SharedObjectsLive(
                "peers",
                "client",
                minAvailable is { } least ? string.Create(CultureInfo.InvariantCulture, $"min {least}") : null
            )
    );

    public static readonly EtcdLive Nothing = new() { Cluster = Orders, Settled = true };

    public static EtcdDesired Desired(int size, bool ephemeral = false, string version = "3.5.16", bool suspend = false) =>
        new(
            Orders,
            new OwnerId("default"),
            "https://git.example/desired.git",
            new AcceptedSpec(
                $"c0ffee{size:x2}",
                "etcd/orders.yaml",
                1,
                $"b10b{size}{version}{suspend}",
                new EtcdSpec
                {
                    Size = size,
                    Version = EtcdVersion.TryParse(version, out var parsed)
                        ? parsed
                        : throw new ArgumentException("Not a version", nameof(version)),
                    Storage = ephemeral
                        ? new EtcdStorage.Ephemeral()
                        : new EtcdStorage.Persistent(Quantity.TryParse("1Gi", out var size1) ? size1 : default, null),
                    Suspend = suspend,
                }
            ),
            "incarnation-1"
        );

    /// <summary>A healthy cluster of that size, idle.</summary>
    public static EtcdLive Running(int size, bool ephemeral = false, string version = "3.5.16") =>
        AtRest(Desired(size, ephemeral, version), Nothing);

    /// <summary>Carries out what the planner says, nominally, until it has nothing more to say.</summary>
    public static EtcdLive AtRest(EtcdDesired desired, EtcdLive live) => Until(desired, live, _ => false);

    /// <summary>As <see cref="AtRest"/>, with objects hashed as they are really rendered.</summary>
    public static EtcdLive AtRestAsRendered(EtcdDesired desired) => Until(desired, Nothing, _ => false, EtcdHashes.Rendered);

    /// <summary>As <see cref="AtRest"/>, but stops as soon as <paramref name="stop"/> holds.</summary>
    public static EtcdLive Until(EtcdDesired desired, EtcdLive live, Func<EtcdLive, bool> stop, EtcdHashes? hashes = null)
    {
        hashes ??= Hashes;
        var model = new EtcdModel(desired, hashes);
        for (var i = 0; i < 1000 && !stop(live); i++)
        {
            var next = EtcdPlanner.Decide(desired, live, hashes).Decision switch
            {
                Decision<EtcdStep>.Act act => model.ApplyTo(live, act.Step),
                Decision<EtcdStep>.Progress => model.Advance(live),
                _ => live,
            };
            if (ReferenceEquals(next, live))
            {
                return live.Settled ? live : model.Advance(live);
            }

            live = next;
        }

        return stop(live) ? live : throw new InvalidOperationException("The scene did not come to rest");
    }

    public static Decision<EtcdStep> Next(EtcdDesired desired, EtcdLive live) => EtcdPlanner.Decide(desired, live, Hashes).Decision;

    public static EtcdLive With(this EtcdLive live, int index, Func<MemberLive, MemberLive> change) =>
        EtcdModel.Change(live, index, change);

    public static EtcdLive Without(this EtcdLive live, int index) => live with { Members = live.Members.RemoveAll(m => m.Index == index) };

    /// <summary>Down, which its kubelet sees as well.</summary>
    public static MemberLive Silent(this MemberLive member, bool beyondGrace = false) =>
        member.OutOfReach(beyondGrace) with
        {
            Pod = member.Pod is { } pod ? pod with { Ready = false } : null,
        };

    /// <summary>Well, and not to be reached from where the operator is.</summary>
    public static MemberLive OutOfReach(this MemberLive member, bool beyondGrace = false) =>
        member with
        {
            Endpoint = new EndpointLive.Unreachable(beyondGrace),
        };

    /// <summary>Silent for long, which is Kubernetes' doing; without its pod where no reason is given.</summary>
    public static MemberLive HeldUp(this MemberLive member, Func<PodLive, PodLive>? reason = null) =>
        member with
        {
            Pod = member.Silent().Pod is { } pod && reason is not null ? reason(pod) : null,
            Endpoint = new EndpointLive.Unreachable(false) { HeldUp = true },
        };

    public static MemberLive Wiped(this MemberLive member) =>
        member.Silent() with
        {
            Pod = member.Pod! with { DataLost = true, Ready = false },
        };
}
