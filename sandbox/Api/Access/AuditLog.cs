using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace GitOpsOperator.Sandbox.Api.Access;

/// <summary>
/// Who has written what, and when by the store's own counter: a line of JSON for each write that was asked for with a service account's
/// token. Of a Lease it says who holds it then. Revisions order it all, so that it can be judged who wrote after another had taken over.
/// </summary>
internal sealed class AuditLog(Store store, string path) : IDisposable
{
    /// <summary>Not of HTTP itself; what nginx and Kubernetes' own logs write.</summary>
    private const int ClientClosedRequest = 499;

    private readonly Lock _lock = new();
    private readonly StreamWriter _file = new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
    {
        AutoFlush = true,
    };

    public async Task RecordAsync(AccessRequest request, HttpContext context, Func<Task> serve)
    {
        var arrived = store.Revision;
        await serve();
        var there = store.Get(request.Kind, request.Namespace, request.Name);

        // What a client gave up while it could not reach us comes late and broken off, when the network is whole again, and does nothing.
        var brokenOff = !context.Response.HasStarted && there is { } unchanged && unchanged.Revision <= arrived;
        var entry = new JsonObject
        {
            ["arrived"] = arrived,
            ["address"] = context.Connection.RemoteIpAddress?.MapToIPv4().ToString(),
            ["verb"] = request.Verb,
            ["resource"] = request.Resource,
            ["namespace"] = request.Namespace,
            ["name"] = request.Name,
            ["code"] = brokenOff ? ClientClosedRequest : context.Response.StatusCode,
        };
        if (request.Resource == "leases" && there is { } lease)
        {
            entry["holder"] = lease.ToNode().Text("spec", "holderIdentity");
            entry["revision"] = lease.Revision;
        }

        lock (_lock)
        {
            _file.WriteLine(entry.ToJsonString());
        }
    }

    public void Dispose() => _file.Dispose();
}
