namespace GitOpsOperator.Drift.Cache;

/// <summary>
/// Bounds every call to the API server but watches, in time and in size. The client reads a body without a deadline and without heeding
/// cancellation, so a server or a proxy that falls silent in the middle of an answer would hold its caller, and a thread, for ever. Here
/// the body is read first. Watches go on as long as they are heard from, and <see cref="Reflector{T}"/> sees to that.
/// </summary>
public sealed class BoundedCalls(TimeProvider time, ApiLiveness liveness) : DelegatingHandler
{
    /// <summary>From the request to the last byte of the answer. The API server itself gives up after a minute.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>A page of <see cref="ApiCollection.PageSize"/> objects of 1.5 MB, which is etcd's limit for one.</summary>
    private const long MaxBytes = 64 * 1024 * 1024;

    /// <exception cref="HttpRequestException">The answer did not come whole within <see cref="Limit"/>, or is too large.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (IsWatch(request.RequestUri))
        {
            return await base.SendAsync(request, cancellationToken);
        }

        using var limit = new CancellationTokenSource(Limit, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        HttpResponseMessage? answer = null;
        try
        {
            answer = await base.SendAsync(request, stop.Token);
            await answer.Content.LoadIntoBufferAsync(MaxBytes, stop.Token);
            liveness.Heard(answer.StatusCode);
            return answer;
        }
        catch (Exception error)
            when (error is not HttpRequestException && limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            answer?.Dispose();
            throw new HttpRequestException(
                $"{request.Method} {request.RequestUri?.AbsolutePath}: no whole answer within {Limit.TotalSeconds} s",
                error
            );
        }
        catch
        {
            answer?.Dispose();
            throw;
        }
    }

    private static bool IsWatch(Uri? uri) => uri?.Query is { } query && query.Contains("watch=true", StringComparison.Ordinal);
}
