using GitOpsOperator.Domains.Etcd.Live;
using k8s.Models;

namespace GitOpsOperator.Domains.Etcd.Rendering;

public static partial class EtcdRendering
{
    /// <summary>Gives every member its DNS name, ready or not: a member must be found by its peers before it can become ready.</summary>
    public static V1Service PeerService(EtcdDesired desired) => WithHash(BarePeerService(desired));

    /// <summary>Where clients connect: voters only, since a learner refuses them.</summary>
    public static V1Service ClientService(EtcdDesired desired) => WithHash(BareClientService(desired));

    private static V1Service BarePeerService(EtcdDesired desired)
    {
        var names = new EtcdNames(desired.Cluster);
        return Service(
            desired,
            names.PeerService,
            new V1ServiceSpec
            {
                ClusterIP = "None",
                PublishNotReadyAddresses = true,
                Selector = ClusterSelector(desired),
                Ports = [Port("client", EtcdNames.ClientPort), Port("peer", EtcdNames.PeerPort)],
            }
        );
    }

    private static V1Service BareClientService(EtcdDesired desired)
    {
        var names = new EtcdNames(desired.Cluster);
        return Service(
            desired,
            names.ClientService,
            new V1ServiceSpec
            {
                Type = "ClusterIP",
                Selector = VoterSelector(desired),
                Ports = [Port("client", EtcdNames.ClientPort)],
            }
        );
    }

    private static V1Service Service(EtcdDesired desired, string name, V1ServiceSpec spec) =>
        new()
        {
            ApiVersion = "v1",
            Kind = "Service",
            Metadata = Metadata(desired, name, ClusterLabels(desired)),
            Spec = spec,
        };

    private static V1ServicePort Port(string name, int port) =>
        new()
        {
            Name = name,
            Port = port,
            Protocol = "TCP",
            TargetPort = port,
        };
}
