using System.Text.Json.Nodes;

namespace GitOpsOperator.Sandbox.Api.Access;

/// <summary>The rules that are bound to a service account, as the stored roles and bindings say now.</summary>
internal static class BoundRules
{
    private const string RbacGroup = "rbac.authorization.k8s.io";

    public static IEnumerable<AccessRule> Of(Store store, ServiceAccountName account)
    {
        foreach (var binding in Objects(store, "clusterrolebindings").Where(binding => IsBound(binding, account)))
        {
            foreach (var rule in Rules(store, binding, null))
            {
                yield return rule;
            }
        }

        foreach (var binding in Objects(store, "rolebindings").Where(binding => IsBound(binding, account)))
        {
            foreach (var rule in Rules(store, binding, binding.Text("metadata", "namespace")))
            {
                yield return rule;
            }
        }
    }

    private static IEnumerable<JsonObject> Objects(Store store, string plural) =>
        store.List(Kinds.Find(RbacGroup, "v1", plural)!, null).Objects.Select(stored => stored.ToNode());

    private static bool IsBound(JsonObject binding, ServiceAccountName account) =>
        binding
            .Items("subjects")
            .Any(subject =>
                subject.Text("kind") == "ServiceAccount"
                && subject.Text("name") == account.Name
                && subject.Text("namespace") == account.Namespace
            );

    private static IEnumerable<AccessRule> Rules(Store store, JsonObject binding, string? @namespace)
    {
        var (kind, name) = (binding.Text("roleRef", "kind"), binding.Text("roleRef", "name") ?? "");
        var role =
            kind == "ClusterRole"
                ? store.Get(Kinds.Find(RbacGroup, "v1", "clusterroles")!, "", name)
                : store.Get(Kinds.Find(RbacGroup, "v1", "roles")!, @namespace ?? "", name);
        return role is null
            ? []
            : from rule in role.ToNode().Items("rules")
            from @group in Texts(rule, "apiGroups")
            from resource in Texts(rule, "resources")
            from verb in Texts(rule, "verbs")
            from named in Texts(rule, "resourceNames").Cast<string?>().DefaultIfEmpty(null)
            select new AccessRule($"{kind}/{name}", @namespace, verb, @group, resource, named);
    }

    private static IEnumerable<string> Texts(JsonObject rule, string field) =>
        (rule[field] as JsonArray ?? []).Select(text => text?.GetValue<string>() ?? "");
}
