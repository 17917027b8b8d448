using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>Where the API server listens and what it allows.</summary>
public sealed record ApiServerOptions
{
    /// <summary>Addresses to listen on; port 0 takes a free one. The first one is the kubeconfig's.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints { get; init; } = [new IPEndPoint(IPAddress.Loopback, 0)];

    /// <summary>A unix socket beside them (TLS too): it is reached across network namespaces, through the file system.</summary>
    public string? UnixSocket { get; init; }

    /// <summary>Further host names and addresses that the certificate is good for, e.g. of a forwarder in front of the socket.</summary>
    public IReadOnlyList<string> CertificateNames { get; init; } = ["localhost", "127.0.0.1"];

    /// <summary>File that gets a line for each write asked for with a service account's token; null keeps none.</summary>
    public string? AuditFile { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where the server's own faults are told.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Changes that are kept; a watch from further back is answered 410, as a real server does after compaction.</summary>
    public int HistoryLimit { get; init; } = 2_000;

    /// <summary>Events a slow watcher may lag behind before its watch is ended.</summary>
    public int WatchBuffer { get; init; } = 1_000;

    /// <summary>A request body's limit; a real server's is etcd's.</summary>
    public int MaxBodyBytes { get; init; } = 3 * 1024 * 1024;

    /// <summary>How often a watch that asked for bookmarks gets one.</summary>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromSeconds(10);
}
