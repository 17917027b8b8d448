using System.Collections.Concurrent;
using System.Net;

namespace GitOpsOperator.Drift.Tests.Cache;

/// <summary>A way to an API server on which whatever can go wrong with a list or a watch does, at random, until it is mended.</summary>
internal sealed class FragileLine(Random random) : DelegatingHandler
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, int> _faults = [];
    private volatile bool _mended;

    /// <summary>How often each fault was met.</summary>
    public IReadOnlyDictionary<string, int> Faults => _faults;

    /// <summary>
    /// From now on requests are answered as the server answers them; streams that are open keep the fault they were given.
    /// </summary>
    public void Mend() => _mended = true;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (_mended)
        {
            return await base.SendAsync(request, cancellationToken);
        }

        switch (Next(10))
        {
            case 0:
                throw Met(
                    "refused",
                    new HttpRequestException(
                        "connection refused",
                        new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.ConnectionRefused)
                    )
                );
            case 1:
                return Met("500", Answer(HttpStatusCode.InternalServerError, request));
            case 2:
                return Met("410", Answer(HttpStatusCode.Gone, request));
            case 3:
                return Met("429", Answer(HttpStatusCode.TooManyRequests, request));
            default:
                var response = await base.SendAsync(request, cancellationToken);
                var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
                var content = new StreamContent(new FragileStream(stream, Next(6000), (StreamEnd)Next(3), end => Met(end, end)));
                foreach (var (name, values) in response.Content.Headers.Where(header => header.Key != "Content-Length"))
                {
                    content.Headers.TryAddWithoutValidation(name, values);
                }

                response.Content = content;
                return response;
        }
    }

    private static HttpResponseMessage Answer(HttpStatusCode status, HttpRequestMessage request) =>
        new(status)
        {
            RequestMessage = request,
            Content = new StringContent(
                $$"""{"kind":"Status","apiVersion":"v1","status":"Failure","code":{{(int)status}},"message":"as the test has it"}""",
                System.Text.Encoding.UTF8,
                "application/json"
            ),
        };

    private int Next(int limit)
    {
        lock (_lock)
        {
            return random.Next(limit);
        }
    }

    private T Met<T>(string fault, T with)
    {
        _faults.AddOrUpdate(fault, 1, (_, count) => count + 1);
        return with;
    }
}

internal enum StreamEnd
{
    Breaks,
    Ends,
    Stalls,
}

/// <summary>A body of which only so many bytes come, be that the middle of a line or not.</summary>
internal sealed class FragileStream(Stream inner, int bytes, StreamEnd end, Action<string> met) : Stream
{
    private int _left = bytes;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_left > 0)
        {
            var read = await inner.ReadAsync(buffer[..Math.Min(buffer.Length, _left)], cancellationToken);
            _left -= read;
            return read;
        }

        switch (end)
        {
            case StreamEnd.Breaks:
                met("broken off");
                throw new IOException("connection reset by peer");
            case StreamEnd.Ends:
                met("ended in the middle");
                return 0;
            default:
                met("silent");
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return 0;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("nothing may be read without heeding cancellation");

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
