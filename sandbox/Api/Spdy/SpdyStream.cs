using System.IO.Pipelines;

namespace GitOpsOperator.Sandbox.Api.Spdy;

/// <summary>One of the streams that a client has opened.</summary>
internal sealed class SpdyStream(SpdyConnection connection, int id, IReadOnlyDictionary<string, string> headers) : IDisposable
{
    private readonly Pipe _input = new();
    private readonly CancellationTokenSource _reset = new();

    public int Id => id;

    /// <summary>Empty where the client has not sent it.</summary>
    public string Header(string name) => headers.GetValueOrDefault(name, "");

    /// <summary>What the client sends, up to its end.</summary>
    public Stream Input => _input.Reader.AsStream();

    /// <summary>The client wants nothing of it any more.</summary>
    public CancellationToken Aborted => _reset.Token;

    public Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        connection.SendDataAsync(id, bytes, last: false, cancellationToken);

    public Task EndAsync(CancellationToken cancellationToken) => connection.SendDataAsync(id, default, last: true, cancellationToken);

    public ValueTask<FlushResult> ReceiveAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _input.Writer.WriteAsync(bytes, cancellationToken);

    public void ReceiveEnd() => _input.Writer.Complete();

    public void Reset()
    {
        _input.Writer.Complete();
        _reset.Cancel();
    }

    public void Dispose() => _reset.Dispose();
}
