using System.Collections.Concurrent;
using GitOpsOperator.Sandbox.Api.Definitions;
using GitOpsOperator.Sandbox.Api.Http;
using Microsoft.AspNetCore.Http;

namespace GitOpsOperator.Sandbox.Api.Access;

/// <summary>
/// Holds what is asked with a service account's token to the roles that are bound to it, and remembers which rules were of use. The
/// administrator's token may do everything, so who asks for no such token meets no authorizer.
/// </summary>
internal sealed class Authorizer(Store store, DefinedKinds kinds)
{
    private readonly ConcurrentDictionary<AccessRule, bool> _used = [];

    /// <returns>What is asked for; null where it is only what kinds there are.</returns>
    /// <exception cref="ApiException">403: no rule allows it. 404 or 501: there is no such thing to be allowed.</exception>
    public AccessRequest? Demand(ServiceAccountName account, HttpRequest http)
    {
        if (http.Path.Value?.Split('/') is not (["", "api", _, _, ..] or ["", "apis", _, _, _, ..]))
        {
            // What kinds there are, and the version: anybody who is known may ask.
            return null;
        }

        var request = ApiRequest.Parse(http, kinds);
        var wanted = AccessRequest.Of(request);
        Demand(account, wanted);
        if (
            wanted.Verb == "patch"
            && Bodies.MediaType(http) == "application/apply-patch+yaml"
            && store.Get(request.Kind, request.NamespaceOrNone, wanted.Name) is null
        )
        {
            // As a real server has it: what is made by applying needs the right to create, too.
            Demand(account, wanted with { Verb = "create" });
        }

        return wanted;
    }

    /// <summary>What is granted to the account and was never needed.</summary>
    public IReadOnlyList<string> Unused(ServiceAccountName account) =>
        [
            .. BoundRules
                .Of(store, account)
                .Distinct()
                .Where(rule => !_used.ContainsKey(rule))
                .Select(rule => rule.ToString())
                .Order(StringComparer.Ordinal),
        ];

    private void Demand(ServiceAccountName account, AccessRequest request)
    {
        var allowing =
            BoundRules.Of(store, account).FirstOrDefault(rule => rule.Allows(request))
            ?? throw ApiException.Forbidden(
                account.ToString(),
                request.Verb,
                request.Group,
                request.Resource,
                request.Namespace,
                request.Name
            );
        _used[allowing] = true;
    }
}
