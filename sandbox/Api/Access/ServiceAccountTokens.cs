using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace GitOpsOperator.Sandbox.Api.Access;

/// <summary>A service account; everything that is asked with its token is held to the rules that are bound to it.</summary>
public readonly record struct ServiceAccountName(string Namespace, string Name)
{
    public override string ToString() => $"system:serviceaccount:{Namespace}:{Name}";
}

/// <summary>Tokens that were given out. They last as long as the server does.</summary>
internal sealed class ServiceAccountTokens
{
    private readonly ConcurrentDictionary<string, ServiceAccountName> _byToken = new(StringComparer.Ordinal);

    public string Issue(ServiceAccountName account)
    {
        var token = RandomNumberGenerator.GetHexString(32, lowercase: true);
        _byToken[token] = account;
        return token;
    }

    public ServiceAccountName? Owner(string authorization) =>
        authorization.StartsWith("Bearer ", StringComparison.Ordinal)
        && _byToken.TryGetValue(authorization["Bearer ".Length..], out var account)
            ? account
            : null;
}
