using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using GitOpsOperator.Sandbox.Api.Access;
using Microsoft.AspNetCore.Http;

namespace GitOpsOperator.Sandbox.Api.Http;

/// <summary>Who asks, and whether they may: the administrator everything, a service account what its roles say, anybody else
/// nothing.</summary>
internal sealed class AccessGate(string administratorToken, ServiceAccountTokens tokens, Authorizer authorizer, AuditLog? audit)
{
    /// <summary>For the administrator, beside Kubernetes' own paths: what is granted to a service account and was never needed.</summary>
    private const string UnusedRules = "/sandbox/unused-rules";

    private readonly byte[] _administrator = Encoding.UTF8.GetBytes($"Bearer {administratorToken}");

    /// <summary>Null where the administrator asks.</summary>
    public static ServiceAccountName? AccountOf(HttpContext context) =>
        context.Items.TryGetValue(typeof(ServiceAccountName), out var account) ? (ServiceAccountName)account! : null;

    public async Task HandleAsync(HttpContext context, Func<HttpContext, Task> next)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        if (context.Request.Path.Value is "/healthz" or "/livez" or "/readyz")
        {
            await next(context);
        }
        else if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(authorization), _administrator))
        {
            await (
                context.Request.Path.StartsWithSegments(UnusedRules, StringComparison.Ordinal, out var account)
                    ? ReportUnusedAsync(context, account)
                    : next(context)
            );
        }
        else if (tokens.Owner(authorization) is { } account)
        {
            await HandleAsync(account, context, next);
        }
        else
        {
            await RefuseAsync(context, ApiException.Unauthorized());
        }
    }

    private async Task HandleAsync(ServiceAccountName account, HttpContext context, Func<HttpContext, Task> next)
    {
        AccessRequest? request;
        try
        {
            request = authorizer.Demand(account, context.Request);
        }
        catch (ApiException refusal)
        {
            await RefuseAsync(context, refusal);
            return;
        }

        context.Items[typeof(ServiceAccountName)] = account;
        await (
            audit is not null && request is { Verb: not ("get" or "list" or "watch") }
                ? audit.RecordAsync(request, context, () => next(context))
                : next(context)
        );
    }

    private Task ReportUnusedAsync(HttpContext context, PathString account)
    {
        if (account.Value?.Split('/') is not ["", var @namespace, var name])
        {
            return RefuseAsync(context, ApiException.NoSuchPath());
        }

        var unused = new JsonArray([.. authorizer.Unused(new(@namespace, name)).Select(rule => JsonValue.Create(rule))]);
        return Bodies.WriteAsync(context.Response, 200, unused, context.RequestAborted);
    }

    private static Task RefuseAsync(HttpContext context, ApiException refusal) =>
        Bodies.WriteAsync(context.Response, refusal.Code, refusal.ToStatus(), context.RequestAborted);
}
