using System.Text.Json.Nodes;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>What every cluster has from the start.</summary>
internal static class FirstObjects
{
    public static void Create(Store store, TimeProvider time)
    {
        var writes = new Writes(store, time);
        foreach (var name in (string[])["default", "kube-system", "kube-public", "kube-node-lease"])
        {
            writes.Create(
                Kinds.Namespace,
                "",
                new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } },
                new WriteOptions("kube-apiserver")
            );
        }

        var account = Kinds.Find("", "v1", "serviceaccounts")!;
        writes.Create(
            account,
            "default",
            new JsonObject { ["metadata"] = new JsonObject { ["name"] = "default" } },
            new WriteOptions("kube-controller-manager")
        );
    }
}
