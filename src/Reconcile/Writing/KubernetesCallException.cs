using System.Net;
using System.Text.Json;
using GitOpsOperator.Drift.Cache;
using k8s.Autorest;

namespace GitOpsOperator.Reconcile.Writing;

/// <summary>The API server refused a call, with its own reason: the client's message holds only the status code.</summary>
public sealed class KubernetesCallException(string what, HttpOperationException inner)
    : Exception($"Kubernetes refused to {what}: {(int)inner.Response.StatusCode} {ReasonIn(inner.Response.Content)}", inner)
{
    public HttpStatusCode StatusCode { get; } = inner.Response.StatusCode;

    private static string ReasonIn(string? body)
    {
        try
        {
            using var status = JsonDocument.Parse(body ?? "");
            return status.RootElement.ValueKind == JsonValueKind.Object && status.RootElement.TryGetProperty("message", out var message)
                ? message.ToString()
                : "without a reason";
        }
        catch (JsonException)
        {
            return body is { Length: > 0 } ? body[..Math.Min(body.Length, 200)] : "without a reason";
        }
    }
}

/// <summary>An object that is not ours stands where ours should be. It is never touched.</summary>
public sealed class ForeignObjectException(string kind, ObjectKey key)
    : Exception(
        $"{kind}/{key} exists and is not managed by this operator, so it is left alone. Delete or rename it, or name the cluster otherwise."
    );
