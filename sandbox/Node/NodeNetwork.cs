using System.Globalization;
using System.Net;

namespace GitOpsOperator.Sandbox.Node;

/// <summary>A pod's place on the network.</summary>
/// <param name="Namespace">Name of its network namespace under /run/netns.</param>
internal sealed record PodAddress(string Namespace, IPAddress Address)
{
    public string NamespacePath => $"/run/netns/{Namespace}";
}

/// <summary>What a pod is cut off from.</summary>
/// <param name="Port">A TCP port; null for all of the addresses.</param>
internal sealed record PartitionTarget(IPNetwork Addresses, int? Port)
{
    /// <summary>As <c>ip rule</c> takes it.</summary>
    public string Selector =>
        string.Create(CultureInfo.InvariantCulture, $"to {Addresses}{(Port is { } port ? $" ipproto tcp dport {port}" : "")}");

    /// <summary>From <c>ADDRESS</c> or <c>ADDRESS/PREFIX</c>, with <c>:PORT</c> or without; null where it is neither. IPv4, as the sandbox'
    /// network.</summary>
    public static PartitionTarget? Parse(string text)
    {
        var parts = text.Split(':');
        int? port =
            parts.Length > 1 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : null;
        return
            parts.Length is 1 or 2
            && (parts.Length == 1 || port is not null)
            && IPNetwork.TryParse(parts[0].Contains('/', StringComparison.Ordinal) ? parts[0] : parts[0] + "/32", out var addresses)
            ? new(addresses, port)
            : null;
    }
}

/// <summary>The bridge that joins the pods, and a network namespace with an address for each of them.</summary>
internal sealed class NodeNetwork(NodeOptions options)
{
    // The nodes have the first. A used address comes round again only after all others, so that no stale name leads to a new pod.
    private const int FirstHost = 10;
    private const int HostCount = 60_000;

    private const string Nowhere = "10.128.255.254";
    private const int CutTable = 100;

    private readonly Lock _gate = new();
    private readonly HashSet<int> _used = [];
    private int _last = FirstHost - 1;

    /// <summary>Makes the bridge. Nothing but the node's own namespace is changed.</summary>
    public async Task CreateBridgeAsync(CancellationToken cancellationToken) =>
        await HostProgram.RunAsync(
            "ip",
            ["-batch", "-"],
            cancellationToken,
            $"""
            link set lo up
            link add {options.Bridge} type bridge forward_delay 0
            {string.Join(
                '\n',
                NodeOptions.Names.Select(name =>
                    $"addr add {(options with { Name = name }).HostAddress}/{options.PrefixLength} dev {options.Bridge}"
                )
            )}
            link set {options.Bridge} up

            """
        );

    public async Task<PodAddress> AddAsync(CancellationToken cancellationToken)
    {
        int host;
        lock (_gate)
        {
            do
            {
                _last = _last >= HostCount ? FirstHost : _last + 1;
            } while (!_used.Add(_last));
            host = _last;
        }

        var place = new PodAddress($"pod{host.ToString(CultureInfo.InvariantCulture)}", AddressOf(host));
        await HostProgram.RunAsync(
            "ip",
            ["-batch", "-"],
            cancellationToken,
            $"""
            netns add {place.Namespace}
            link add v{place.Namespace} type veth peer name eth0 netns {place.Namespace}
            link set v{place.Namespace} master {options.Bridge} up

            """
        );
        await HostProgram.RunAsync(
            "ip",
            ["-netns", place.Namespace, "-batch", "-"],
            cancellationToken,
            $"""
            link set lo up
            addr add {place.Address}/{options.PrefixLength} dev eth0
            link set eth0 up

            """
        );
        return place;
    }

    /// <summary>Takes the pod's port of the bridge down: packets in both directions vanish, and no connection is reset.</summary>
    public static Task PartitionAsync(PodAddress place, CancellationToken cancellationToken) =>
        HostProgram.RunAsync("ip", ["link", "set", $"v{place.Namespace}", "down"], cancellationToken);

    /// <summary>Ends <see cref="PartitionAsync"/>.</summary>
    public static Task HealAsync(PodAddress place, CancellationToken cancellationToken) =>
        HostProgram.RunAsync("ip", ["link", "set", $"v{place.Namespace}", "up"], cancellationToken);

    /// <summary>
    /// Packets of the pod to one address, or one port of it, vanish: they are routed to a neighbour that does not exist. Only the way out
    /// is cut, which is enough for TCP, and no connection is reset.
    /// </summary>
    public static Task PartitionFromAsync(PodAddress place, PartitionTarget target, CancellationToken cancellationToken) =>
        HostProgram.RunAsync(
            "ip",
            ["-netns", place.Namespace, "-batch", "-"],
            cancellationToken,
            $"""
            neigh replace {Nowhere} lladdr 02:00:00:00:00:01 dev eth0 nud permanent
            route replace default via {Nowhere} dev eth0 onlink table {CutTable}
            rule add {target.Selector} lookup {CutTable}

            """
        );

    /// <summary>Ends <see cref="PartitionFromAsync"/>.</summary>
    public static Task HealFromAsync(PodAddress place, PartitionTarget target, CancellationToken cancellationToken) =>
        HostProgram.RunAsync(
            "ip",
            ["-netns", place.Namespace, "-batch", "-"],
            cancellationToken,
            $"rule del {target.Selector} lookup {CutTable}\n"
        );

    /// <summary>
    /// The address is still known to its neighbours and takes packets, but whatever it would answer, were it that nobody listens, vanishes.
    /// </summary>
    public static async Task FallSilentAsync(PodAddress place, CancellationToken cancellationToken)
    {
        await PartitionFromAsync(place, new(new(IPAddress.Any, 0), null), cancellationToken);
        await HealAsync(place, cancellationToken);
    }

    /// <summary>Takes the pod off the network. Its veth pair goes with its namespace.</summary>
    public async Task RemoveAsync(PodAddress place, CancellationToken cancellationToken)
    {
        await HostProgram.RunAsync("ip", ["netns", "delete", place.Namespace], cancellationToken);
        lock (_gate)
        {
            var bytes = place.Address.GetAddressBytes();
            _used.Remove((bytes[2] << 8) | bytes[3]);
        }
    }

    private IPAddress AddressOf(int host)
    {
        var bytes = options.Address.GetAddressBytes();
        (bytes[2], bytes[3]) = ((byte)(host >> 8), (byte)host);
        return new IPAddress(bytes);
    }
}
