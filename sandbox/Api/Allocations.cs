using System.Globalization;
using System.Text.Json.Nodes;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>What the server hands out: the addresses of Services (10.96.0.0/16).</summary>
internal static class Allocations
{
    public static void Fill(ResourceKind kind, JsonObject node, Store store)
    {
        if (kind.Kind != "Service" || node.Text("spec", "type") == "ExternalName")
        {
            return;
        }

        var spec = node.Object("spec");
        if (spec.Text("clusterIP") is not { Length: > 0 } address)
        {
            var taken = store.List(kind, null).Objects.Select(service => service.ToNode().Text("spec", "clusterIP")).ToHashSet();
            address = Enumerable
                .Range(10, 65_000)
                .Select(number => string.Create(CultureInfo.InvariantCulture, $"10.96.{number / 256}.{number % 256}"))
                .First(candidate => !taken.Contains(candidate));
            spec["clusterIP"] = address;
        }

        spec.Default("clusterIPs", new JsonArray(address));
    }

    /// <summary>An update that does not name what was handed out keeps it.</summary>
    public static void Keep(ResourceKind kind, JsonObject before, JsonObject next)
    {
        if (kind.Kind == "Service" && next.Text("spec", "clusterIP") is null or "")
        {
            next.Object("spec").Take(before.Object("spec"), "clusterIP");
            next.Object("spec").Take(before.Object("spec"), "clusterIPs");
        }
    }
}
