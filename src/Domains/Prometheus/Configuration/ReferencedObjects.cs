using System.Collections.Concurrent;
using System.Net;
using System.Text;
using GitOpsOperator.Reconcile.Writing;
using k8s;
using k8s.Autorest;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>What Secrets and ConfigMaps hold that documents name and that are somebody else's.</summary>
public interface IReferencedObjects
{
    /// <summary>Its entries by key; null where it does not exist.</summary>
    /// <exception cref="KubernetesCallException">The API server refused to say.</exception>
    Task<IReadOnlyDictionary<string, string>?> ReadAsync(ReferencedObject reference, CancellationToken cancellationToken);
}

/// <param name="IsSecret">Otherwise it is a ConfigMap.</param>
public readonly record struct ReferencedObject(bool IsSecret, string Namespace, string Name)
{
    public override string ToString() => $"{(IsSecret ? "Secret" : "ConfigMap")} {Namespace}/{Name}";
}

/// <summary>
/// Reads them by name, each at most once in a while: the operator watches no Secret that is not its own. A new password is known sooner
/// than a kubelet would know it, and what is missing is looked for each time.
/// </summary>
internal sealed class ReferencedObjects(IKubernetes client, TimeProvider time) : IReferencedObjects
{
    /// <summary>
    /// A kubelet takes a minute or more
    /// (https://kubernetes.io/docs/concepts/configuration/secret/#mounted-secrets-are-updated-automatically).
    /// </summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<ReferencedObject, (long ReadAt, IReadOnlyDictionary<string, string> Entries)> _read = [];

    public async Task<IReadOnlyDictionary<string, string>?> ReadAsync(ReferencedObject reference, CancellationToken cancellationToken)
    {
        if (_read.TryGetValue(reference, out var known) && IsFresh(known.ReadAt))
        {
            return known.Entries;
        }

        // What nobody asks for any more is not to be kept: it may be a password.
        foreach (var (stale, entry) in _read)
        {
            if (!IsFresh(entry.ReadAt))
            {
                _read.TryRemove(stale, out _);
            }
        }

        var readAt = time.GetTimestamp();
        var entries = await FetchAsync(reference, cancellationToken);
        if (entries is not null)
        {
            _read[reference] = (readAt, entries);
        }

        return entries;
    }

    private bool IsFresh(long readAt) => time.GetElapsedTime(readAt) < Freshness;

    private async Task<Dictionary<string, string>?> FetchAsync(ReferencedObject reference, CancellationToken cancellationToken)
    {
        try
        {
            if (!reference.IsSecret)
            {
                var map = await client.CoreV1.ReadNamespacedConfigMapAsync(
                    reference.Name,
                    reference.Namespace,
                    cancellationToken: cancellationToken
                );
                return map.Data is { } texts ? new(texts) : [];
            }

            var secret = await client.CoreV1.ReadNamespacedSecretAsync(
                reference.Name,
                reference.Namespace,
                cancellationToken: cancellationToken
            );
            return secret.Data is { } data ? data.ToDictionary(entry => entry.Key, entry => Encoding.UTF8.GetString(entry.Value)) : [];
        }
        catch (HttpOperationException missing) when (missing.Response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
        catch (HttpOperationException refused)
        {
            throw new KubernetesCallException($"read {reference}", refused);
        }
    }
}
