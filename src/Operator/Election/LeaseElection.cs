using GitOpsOperator.Operator.State;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Operator.Election;

/// <summary>
/// Contends for a Lease, keeps it, and gives it back. Only monotonic time counts, each process's own: clocks that differ or jump make no
/// second holder. The client library's elector is not used: it goes by the wall clock, and says that it leads when it no longer does.
/// </summary>
/// <param name="leadership">Is told what becomes of the Lease.</param>
internal sealed partial class LeaseElection(
    IKubernetes client,
    LeaseTerms terms,
    LeadershipState leadership,
    TimeProvider time,
    ILogger<LeaseElection> logger
)
{
    private readonly LeaseCalls _calls = new(client, terms, time);
    private V1Lease? _held;

    /// <summary>
    /// Where this process serves its page, for those that stand by. To be said before the Lease is contended for; null for none.
    /// </summary>
    public Uri? Page { get; set; }

    /// <summary>Waits until the Lease is held by this process.</summary>
    public async Task AcquireAsync(CancellationToken cancellationToken)
    {
        V1Lease? seen = null;
        var seenAt = 0L;
        string? told = null;
        while (true)
        {
            try
            {
                var sent = time.GetTimestamp();
                var lease = await _calls.ReadAsync(cancellationToken);
                if (lease is not null && lease.Metadata.ResourceVersion != seen?.Metadata.ResourceVersion)
                {
                    // After the answer: the holder renewed before it.
                    (seen, seenAt) = (lease, time.GetTimestamp());
                    leadership.SeeOtherPage(PageOf(lease));
                }

                if (lease is null || IsFree(lease, seenAt))
                {
                    sent = time.GetTimestamp();
                    if (await _calls.TryWriteAsync(lease, terms.Identity, Page, cancellationToken) is { } written)
                    {
                        _held = written;
                        leadership.Renewed(sent);
                        LogAcquired(terms.Namespace, terms.Name, terms.Identity, lease?.Spec?.HolderIdentity ?? "");
                        return;
                    }
                }
                else if (lease.Spec.HolderIdentity != told)
                {
                    told = lease.Spec.HolderIdentity;
                    leadership.SeeOther(told);
                    LogStandby(terms.Namespace, terms.Name, told);
                }
            }
            catch (Exception error) when (LeaseCalls.IsTransient(error) && !cancellationToken.IsCancellationRequested)
            {
                LogUnreachable(terms.Namespace, terms.Name, error.Message);
            }

            await Task.Delay(terms.RetryPeriod, time, cancellationToken);
        }
    }

    /// <summary>
    /// Renews until the Lease is found to be another's, and then returns. An API server that does not answer is no such finding:
    /// <see cref="LeadershipState.Holds"/> ends by itself, and comes back only by a renewal of the very version that was last written.
    /// </summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        var pause = terms.RenewInterval;
        while (true)
        {
            await Task.Delay(pause, time, cancellationToken);
            try
            {
                if (!await RenewAsync(cancellationToken))
                {
                    leadership.End();
                    LogLost(terms.Namespace, terms.Name, terms.Identity);
                    return;
                }

                pause = terms.RenewInterval;
            }
            catch (Exception error) when (LeaseCalls.IsTransient(error) && !cancellationToken.IsCancellationRequested)
            {
                pause = terms.RetryPeriod;
                LogNotRenewed(terms.Namespace, terms.Name, leadership.Holds, error.Message);
            }
        }
    }

    /// <summary>
    /// Gives the Lease back, so that another need not wait for it to expire. Nothing may be in flight that needs it, and
    /// <see cref="KeepAsync"/> must have ended.
    /// </summary>
    /// <param name="cancellationToken">
    /// How long is waited; a Lease that cannot be given back in that time expires by itself, and nothing is thrown.
    /// </param>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (!leadership.End())
        {
            return;
        }

        try
        {
            if (await _calls.TryWriteAsync(_held, "", null, cancellationToken) is not null)
            {
                LogReleased(terms.Namespace, terms.Name, terms.Identity);
            }
        }
        catch (Exception error)
            when (LeaseCalls.IsTransient(error) || (error is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            // It expires by itself; the next holder only waits longer.
            LogNotReleased(terms.Namespace, terms.Name, error.Message);
        }
    }

    /// <returns>False where the Lease is not ours any more.</returns>
    private async Task<bool> RenewAsync(CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < 2; tries++)
        {
            var sent = time.GetTimestamp();
            if (await _calls.TryWriteAsync(_held, terms.Identity, Page, cancellationToken) is { } written)
            {
                _held = written;
                leadership.Renewed(sent);
                return true;
            }

            // A renewal whose answer was lost, or somebody who annotates the object: it is still ours as long as it names us.
            _held = await _calls.ReadAsync(cancellationToken);
            if (_held?.Spec?.HolderIdentity != terms.Identity)
            {
                return false;
            }
        }

        throw new IOException("the Lease is written by somebody else at the same time");
    }

    /// <summary>Only ever an address, so that nobody's name service is asked.</summary>
    private static Uri? PageOf(V1Lease lease) =>
        Uri.TryCreate(lease.GetAnnotation(LeaseCalls.PageAnnotation), UriKind.Absolute, out var page)
        && page.Scheme == Uri.UriSchemeHttp
        && page.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6
            ? page
            : null;

    private bool IsFree(V1Lease lease, long seenAt)
    {
        var duration = TimeSpan.FromSeconds(lease.Spec?.LeaseDurationSeconds ?? 0);
        return string.IsNullOrEmpty(lease.Spec?.HolderIdentity)
            || time.GetElapsedTime(seenAt) >= (duration > terms.Duration ? duration : terms.Duration);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "lease {Namespace}/{Name}: held by {Identity} from now on (before: '{Before}')")]
    private partial void LogAcquired(string @namespace, string name, string identity, string before);

    [LoggerMessage(Level = LogLevel.Information, Message = "lease {Namespace}/{Name}: {Holder} is active; this replica is on standby")]
    private partial void LogStandby(string @namespace, string name, string holder);

    [LoggerMessage(Level = LogLevel.Warning, Message = "lease {Namespace}/{Name}: cannot be read or taken: {Reason}")]
    private partial void LogUnreachable(string @namespace, string name, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "lease {Namespace}/{Name}: not renewed (may still act: {Holds}): {Reason}")]
    private partial void LogNotRenewed(string @namespace, string name, bool holds, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "lease {Namespace}/{Name}: {Identity} has lost it")]
    private partial void LogLost(string @namespace, string name, string identity);

    [LoggerMessage(Level = LogLevel.Information, Message = "lease {Namespace}/{Name}: released by {Identity}")]
    private partial void LogReleased(string @namespace, string name, string identity);

    [LoggerMessage(Level = LogLevel.Warning, Message = "lease {Namespace}/{Name}: not released, so it expires: {Reason}")]
    private partial void LogNotReleased(string @namespace, string name, string reason);
}
