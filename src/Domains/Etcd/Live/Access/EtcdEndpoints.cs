using System.Collections.Concurrent;
using System.Net;

namespace GitOpsOperator.Domains.Etcd.Live.Access;

/// <summary>Connects to a member; the way in for those who are outside the cluster's network.</summary>
public delegate ValueTask<Stream> Dial(DnsEndPoint member, CancellationToken cancellationToken);

/// <summary>One connection per member, kept between looks, closed when the member is gone.</summary>
public sealed class EtcdEndpoints(TimeSpan deadline, TimeProvider time, Dial? dial = null) : IDisposable
{
    /// <summary>How long a member may take to answer before it counts as silent.</summary>
    public static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, EtcdEndpoint> _byUrl = new(StringComparer.Ordinal);

    public EtcdEndpoint At(string url) => _byUrl.GetOrAdd(url, key => new(key, deadline, time, dial));

    /// <summary>
    /// Closes a connection; the next call opens a new one. Also for members that stay silent: their pod may have come back at another
    /// address, while the old connection would wait for an answer that no one sends.
    /// </summary>
    public void Close(string url)
    {
        if (_byUrl.TryRemove(url, out var endpoint))
        {
            endpoint.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var url in _byUrl.Keys)
        {
            Close(url);
        }
    }
}
