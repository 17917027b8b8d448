using System.Net;

namespace GitOpsOperator.Sync.Forges;

/// <summary>
/// What every request to a forge goes through, whichever client library is above it: no other host than the configured one is spoken to,
/// nothing is asked while the forge is to be left alone, what was read before is asked for conditionally, answers are bounded, and writes
/// keep their distance. Requests run side by side: what belongs to one of them is a value of its own call.
/// </summary>
/// <param name="rateLimitHeaders">What comes before <c>remaining</c> and <c>reset</c> (in seconds since 1970) in the names of this forge's
/// headers.</param>
internal sealed class ForgeHttp(ForgeOptions options, string rateLimitHeaders, TimeProvider time, HttpMessageHandler inner)
    : DelegatingHandler(inner)
{
    private readonly ForgeBackoff _backoff = new(time);
    private readonly ResponseCache _remembered = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private long? _lastWrite;

    /// <summary>Follows no redirect by itself, since it would take the token along.</summary>
    public static HttpMessageHandler Network() =>
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxResponseHeadersLength = 64,
        };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        RequireConfiguredHost(request.RequestUri!);
        if (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head)
        {
            return await ExchangeAsync(request, cancellationToken);
        }

        await _writing.WaitAsync(cancellationToken);
        try
        {
            await AwaitWriteIntervalAsync(cancellationToken);
            return await ExchangeAsync(request, cancellationToken);
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

    private async Task<HttpResponseMessage> ExchangeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var failures = _backoff.Begin();
        var remembered = _remembered.Ask(request);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Timeout);
        try
        {
            var response = await base.SendAsync(request, limit.Token);
            var type = response.Content.Headers.ContentType;
            response.Content = new ByteArrayContent(await ReadAsync(response, limit.Token)) { Headers = { ContentType = type } };
            if (ForgePause.After(response, options.Api.Host, rateLimitHeaders, failures, time.GetUtcNow()) is { } pause)
            {
                _backoff.Keep(pause);
                throw pause.ToException();
            }

            if ((int)response.StatusCode < 400)
            {
                _backoff.Succeeded();
            }

            return _remembered.Answer(request, response, remembered);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Unreachable(failures, Redaction.Printable(e.Message), e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unreachable(failures, $"no answer within {options.Timeout.TotalSeconds:0.###} s", e);
        }
    }

    private async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > options.MaxResponseBytes)
        {
            throw TooLong();
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var read = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            if (read.Length + count > options.MaxResponseBytes)
            {
                throw TooLong();
            }

            read.Write(buffer, 0, count);
        }

        return read.ToArray();
    }

    private async Task AwaitWriteIntervalAsync(CancellationToken cancellationToken)
    {
        if (_lastWrite is { } last && options.MinWriteInterval - time.GetElapsedTime(last) is { Ticks: > 0 } pause)
        {
            await Task.Delay(pause, time, cancellationToken);
        }
    }

    private void RequireConfiguredHost(Uri uri)
    {
        if (uri.Scheme != options.Api.Scheme || uri.Host != options.Api.Host || uri.Port != options.Api.Port)
        {
            throw new ForgeException(
                ForgeErrorKind.BadResponse,
                $"{options.Api.Host} sends its caller to another host; that is not followed, since the token would go along. If "
                    + "the forge has moved, correct pullRequests.api."
            );
        }
    }

    private ForgeException TooLong() =>
        new(
            ForgeErrorKind.BadResponse,
            $"{options.Api.Host} answered with more than {options.MaxResponseBytes} bytes, which no answer needs; it was not read."
        );

    private ForgeException Unreachable(int failures, string why, Exception cause)
    {
        var pause = ForgePause.Unanswered(
            $"{options.Api.Host} cannot be reached ({why.TrimEnd('.')}); it is tried again by itself. Check pullRequests.api, "
                + "DNS and the network.",
            failures,
            time.GetUtcNow()
        );
        _backoff.Keep(pause);
        return pause.ToException(cause);
    }
}
