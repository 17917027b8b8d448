using System.Net;

namespace GitOpsOperator.Sync.Forges;

/// <summary>
/// What every request to a forge goes through, whichever client library is above it: no other host than the configured one is spoken to,
/// nothing is asked while the forge wants rest, what was read before is asked for conditionally, answers are bounded, and writes keep
/// their distance.
/// </summary>
internal sealed class ForgeHttp(ForgeOptions options, TimeProvider time, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private readonly ForgeRest _rest = new(time);
    private readonly RememberedAnswers _remembered = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private long? _lastWrite;

    /// <summary>Follows no redirect by itself, since it would take the token along.</summary>
    public static HttpMessageHandler Network() => new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxResponseHeadersLength = 64,
    };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        RequireConfiguredHost(request.RequestUri!);
        _rest.ThrowIfResting();
        if (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head)
        {
            return await ExchangeAsync(request, cancellationToken).ConfigureAwait(false);
        }

        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await KeepDistanceAsync(cancellationToken).ConfigureAwait(false);
            return await ExchangeAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _lastWrite = time.GetTimestamp();
            _writing.Release();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _writing.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<HttpResponseMessage> ExchangeAsync(HttpRequestMessage request, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(options.Timeout);
        try
        {
            _remembered.Ask(request);
            var response = await base.SendAsync(request, limit.Token).ConfigureAwait(false);
            response.Content = new ByteArrayContent(await ReadAsync(response, limit.Token).ConfigureAwait(false)) { Headers = { ContentType = response.Content.Headers.ContentType } };
            _rest.Judge(response, options.Api.Host);
            return _remembered.Answer(request, response);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Unreachable(_rest.AfterFault(), Redaction.Printable(e.Message), e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw Unreachable(_rest.AfterFault(), $"no answer within {options.Timeout.TotalSeconds:0.###} s", e);
        }
    }

    private async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        if (response.Content.Headers.ContentLength > options.LongestAnswer)
        {
            throw TooLong();
        }

        var stream = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            using var read = new MemoryStream();
            var buffer = new byte[64 * 1024];
            while (await stream.ReadAsync(buffer, ct).ConfigureAwait(false) is > 0 and var count)
            {
                if (read.Length + count > options.LongestAnswer)
                {
                    throw TooLong();
                }

                read.Write(buffer, 0, count);
            }

            return read.ToArray();
        }
    }

    private async Task KeepDistanceAsync(CancellationToken ct)
    {
        if (_lastWrite is { } last && options.BetweenWrites - time.GetElapsedTime(last) is { Ticks: > 0 } pause)
        {
            await Task.Delay(pause, time, ct).ConfigureAwait(false);
        }
    }

    private void RequireConfiguredHost(Uri uri)
    {
        if (uri.Scheme != options.Api.Scheme || uri.Host != options.Api.Host || uri.Port != options.Api.Port)
        {
            throw new ForgeException(
                ForgeFaultKind.BadAnswer,
                $"{options.Api.Host} sends its caller to another host; that is not followed, since the token would go along. If the forge has moved, correct pullRequests.api.");
        }
    }

    private ForgeException TooLong() => new(
        ForgeFaultKind.BadAnswer, $"{options.Api.Host} answered with more than {options.LongestAnswer} bytes, which no answer needs; it was not read.");

    private ForgeException Unreachable(DateTimeOffset until, string why, Exception cause) => new(
        ForgeFaultKind.Unreachable, $"{options.Api.Host} cannot be reached ({why.TrimEnd('.')}); it is tried again by itself. Check pullRequests.api, DNS and the network.", until, cause);
}
