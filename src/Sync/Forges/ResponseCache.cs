using System.Net;
using System.Net.Http.Headers;

namespace GitOpsOperator.Sync.Forges;

/// <summary>
/// The last answers with their ETags. An unchanged one costs a request that forges do not count, and no body; the layer above sees the
/// answer that was remembered and needs to know nothing of it.
/// </summary>
internal sealed class ResponseCache
{
    private const int MaxResponses = 16;
    private const int MaxResponseBytes = 8 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<Uri, Known> _answers = [];
    private long _clock;

    /// <returns>The answer that the forge is asked to confirm, for this request alone: another may replace it meanwhile.</returns>
    public Known? Ask(HttpRequestMessage request)
    {
        lock (_lock)
        {
            if (request.Method != HttpMethod.Get || !_answers.TryGetValue(request.RequestUri!, out var known))
            {
                return null;
            }

            request.Headers.IfNoneMatch.Add(known.Tag);
            return known;
        }
    }

    /// <param name="asked">What <see cref="Ask"/> gave for this request.</param>
    public HttpResponseMessage Answer(HttpRequestMessage request, HttpResponseMessage response, Known? asked)
    {
        if (response.StatusCode == HttpStatusCode.NotModified && asked is not null)
        {
            response.StatusCode = HttpStatusCode.OK;
            response.Content = new ByteArrayContent(asked.Body) { Headers = { ContentType = asked.Type } };
            foreach (var link in asked.Link)
            {
                response.Headers.TryAddWithoutValidation("Link", link);
            }

            Confirm(request.RequestUri!, asked);
        }
        else if (request.Method == HttpMethod.Get && response is { StatusCode: HttpStatusCode.OK, Headers.ETag: { } tag })
        {
            Remember(request.RequestUri!, tag, response);
        }

        return response;
    }

    private void Confirm(Uri uri, Known asked)
    {
        lock (_lock)
        {
            if (_answers.TryGetValue(uri, out var known) && known.Tag.Equals(asked.Tag))
            {
                _answers[uri] = known with { Used = ++_clock };
            }
        }
    }

    private void Remember(Uri uri, EntityTagHeaderValue tag, HttpResponseMessage response)
    {
        using var body = new MemoryStream();
        response.Content.CopyTo(body, null, CancellationToken.None);
        var link = response.Headers.TryGetValues("Link", out var links) ? links.ToArray() : [];
        lock (_lock)
        {
            if (body.Length > MaxResponseBytes)
            {
                _answers.Remove(uri);
                return;
            }

            _answers[uri] = new(tag, body.ToArray(), response.Content.Headers.ContentType, link, ++_clock);
            if (_answers.Count > MaxResponses)
            {
                _answers.Remove(_answers.MinBy(answer => answer.Value.Used).Key);
            }
        }
    }

    internal sealed record Known(EntityTagHeaderValue Tag, byte[] Body, MediaTypeHeaderValue? Type, string[] Link, long Used);
}
