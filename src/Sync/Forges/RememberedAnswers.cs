using System.Net;
using System.Net.Http.Headers;

namespace GitOpsOperator.Sync.Forges;

/// <summary>
/// The last answers with their ETags. An unchanged one costs a request that GitHub does not count, and no body; the layer above sees the
/// answer that was remembered and needs to know nothing of it.
/// </summary>
internal sealed class RememberedAnswers
{
    private const int MostAnswers = 16;
    private const int LongestAnswer = 8 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<Uri, Known> _answers = [];
    private long _clock;

    public void Ask(HttpRequestMessage request)
    {
        lock (_lock)
        {
            if (request.Method == HttpMethod.Get && _answers.TryGetValue(request.RequestUri!, out var known))
            {
                request.Headers.IfNoneMatch.Add(known.Tag);
            }
        }
    }

    public HttpResponseMessage Answer(HttpRequestMessage request, HttpResponseMessage response)
    {
        lock (_lock)
        {
            if (response.StatusCode == HttpStatusCode.NotModified && _answers.TryGetValue(request.RequestUri!, out var known))
            {
                _answers[request.RequestUri!] = known with { Used = ++_clock };
                response.StatusCode = HttpStatusCode.OK;
                response.Content = new ByteArrayContent(known.Body) { Headers = { ContentType = known.Type } };
                foreach (var link in known.Link)
                {
                    response.Headers.TryAddWithoutValidation("Link", link);
                }
            }
            else if (request.Method == HttpMethod.Get && response is { StatusCode: HttpStatusCode.OK, Headers.ETag: { } tag })
            {
                Remember(request.RequestUri!, tag, response);
            }

            return response;
        }
    }

    private void Remember(Uri uri, EntityTagHeaderValue tag, HttpResponseMessage response)
    {
        using var body = new MemoryStream();
        response.Content.CopyTo(body, null, CancellationToken.None);
        if (body.Length > LongestAnswer)
        {
            _answers.Remove(uri);
            return;
        }

        var link = response.Headers.TryGetValues("Link", out var links) ? links.ToArray() : [];
        _answers[uri] = new(tag, body.ToArray(), response.Content.Headers.ContentType, link, ++_clock);
        if (_answers.Count > MostAnswers)
        {
            _answers.Remove(_answers.MinBy(answer => answer.Value.Used).Key);
        }
    }

    private sealed record Known(EntityTagHeaderValue Tag, byte[] Body, MediaTypeHeaderValue? Type, string[] Link, long Used);
}
