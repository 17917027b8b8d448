using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace GitOpsOperator.Operator.Election;

/// <summary>The three calls on one Lease, each with a limit. Every write replaces the very version that was read.</summary>
internal sealed class LeaseCalls(IKubernetes client, LeaseTerms terms, TimeProvider time)
{
    /// <summary>Where the holder serves its page.</summary>
    public const string PageAnnotation = "gitops-operator.dev/page";

    /// <returns>Null where there is none.</returns>
    public async Task<V1Lease?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await LimitedAsync(
                token => client.CoordinationV1.ReadNamespacedLeaseAsync(terms.Name, terms.Namespace, cancellationToken: token),
                cancellationToken
            );
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <returns>What was written; null where another writer was first.</returns>
    /// <param name="before">The version that is replaced; null to create the first.</param>
    /// <param name="page">Where the holder's page is; null where it has none.</param>
    public async Task<V1Lease?> TryWriteAsync(V1Lease? before, string holder, Uri? page, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var taken = before?.Spec?.HolderIdentity != holder;
        var lease = new V1Lease
        {
            ApiVersion = "coordination.k8s.io/v1",
            Kind = "Lease",
            Metadata = before?.Metadata ?? new V1ObjectMeta { Name = terms.Name, NamespaceProperty = terms.Namespace },
            Spec = new V1LeaseSpec
            {
                HolderIdentity = holder,
                LeaseDurationSeconds = (int)Math.Ceiling(terms.Duration.TotalSeconds),
                AcquireTime = taken ? now : before?.Spec?.AcquireTime,
                RenewTime = now,
                LeaseTransitions = (before?.Spec?.LeaseTransitions ?? 0) + (taken && holder.Length > 0 && before is not null ? 1 : 0),
            },
        };
        lease.Metadata.ManagedFields = null;
        lease.Metadata.Annotations = new Dictionary<string, string>(lease.Metadata.Annotations ?? new Dictionary<string, string>());
        lease.Metadata.Annotations.Remove(PageAnnotation);
        if (page is not null)
        {
            lease.Metadata.Annotations[PageAnnotation] = page.ToString();
        }

        try
        {
            return await LimitedAsync(
                token =>
                    before is null
                        ? client.CoordinationV1.CreateNamespacedLeaseAsync(lease, terms.Namespace, cancellationToken: token)
                        : client.CoordinationV1.ReplaceNamespacedLeaseAsync(lease, terms.Name, terms.Namespace, cancellationToken: token),
                cancellationToken
            );
        }
        catch (HttpOperationException e)
            when (e.Response.StatusCode == HttpStatusCode.Conflict
                || (before is not null && e.Response.StatusCode == HttpStatusCode.NotFound)
            )
        {
            return null;
        }
    }

    /// <summary>Whether a call failed for a reason that may pass.</summary>
    public static bool IsTransient(Exception error) =>
        error is HttpOperationException or HttpRequestException or IOException or TimeoutException;

    private async Task<T> LimitedAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(terms.CallLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await call(either.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"the API server did not answer within {terms.CallLimit.TotalSeconds:0.0} s", e);
        }
    }
}
