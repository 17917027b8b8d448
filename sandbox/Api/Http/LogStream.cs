using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace GitOpsOperator.Sandbox.Api.Http;

/// <summary><c>pods/log</c>: what one run of a container has written, and what it goes on to write.</summary>
internal sealed class LogStream(ContainerRun run, TimeProvider time)
{
    private const int BufferSize = 32 * 1024;

    /// <summary>How long what is written may take to be told.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly byte[] _buffer = new byte[BufferSize];

    /// <exception cref="ApiException">The request asks for what is not known here, or for what no container has written.</exception>
    public static async Task ServeAsync(
        IContainers containers,
        ApiRequest request,
        HttpResponse response,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        foreach (var unknown in (string[])["sinceSeconds", "sinceTime", "timestamps", "stream"])
        {
            if (request.Query(unknown) is { Length: > 0 } and not "false" and not "All")
            {
                throw ApiException.NotImplemented($"{unknown} of pods/log: the sandbox's logs do not say when a line was written");
            }
        }

        var (tail, limit) = (Number(request, "tailLines", least: 0), Number(request, "limitBytes", least: 1));
        var container = request.Query("container") is { Length: > 0 } name ? name : null;
        var run = containers.Run(request.NamespaceOrNone, request.Name!, container, previous: request.Query("previous") is "true" or "1");
        response.ContentType = "text/plain";
        await response.StartAsync(cancellationToken);
        await new LogStream(run, time).CopyAsync(
            response.Body,
            tail,
            limit ?? long.MaxValue,
            request.Query("follow") is "true" or "1",
            cancellationToken
        );
    }

    private static long? Number(ApiRequest request, string name, long least)
    {
        if (request.Query(name) is not { Length: > 0 } text)
        {
            return null;
        }

        return !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? throw ApiException.BadRequest($"{name}=\"{text}\" is not a number")
            : number >= least ? number
            : throw ApiException.InvalidOptions(
                $"PodLogOptions \"\" is invalid: {name}: Invalid value: {number}: must be greater than or equal to {least}"
            );
    }

    private async Task CopyAsync(Stream output, long? tail, long left, bool follow, CancellationToken cancellationToken)
    {
        if (!File.Exists(run.LogFile))
        {
            return;
        }

        await using var log = new FileStream(
            run.LogFile,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete,
            bufferSize: 0,
            useAsync: true
        );
        log.Position = tail is null ? run.LogStart : await TailAsync(log, tail.Value, cancellationToken);
        while (left > 0)
        {
            // What was written before its end is known to be there: asked the other way round, the last lines could be missed.
            var ended = run.LogEnd.IsCompletedSuccessfully;
            var end = ended ? await run.LogEnd : log.Length;
            while (left > 0 && log.Position < end)
            {
                var length = await log.ReadAsync(
                    _buffer.AsMemory(0, (int)Math.Min(Math.Min(left, end - log.Position), _buffer.Length)),
                    cancellationToken
                );
                await output.WriteAsync(_buffer.AsMemory(0, length), cancellationToken);
                left -= length;
            }

            await output.FlushAsync(cancellationToken);
            if (ended || !follow)
            {
                return;
            }

            await Task.WhenAny(run.LogEnd, Task.Delay(Look, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Where the last lines begin.</summary>
    private async Task<long> TailAsync(FileStream log, long lines, CancellationToken cancellationToken)
    {
        var end = run.LogEnd.IsCompletedSuccessfully ? await run.LogEnd : log.Length;
        if (lines == 0)
        {
            return end;
        }

        var at = end;
        while (at > run.LogStart)
        {
            var part = _buffer.AsMemory(0, (int)Math.Min(_buffer.Length, at - run.LogStart));
            log.Position = at - part.Length;
            await log.ReadExactlyAsync(part, cancellationToken);
            for (var i = part.Length - 1; i >= 0; i--)
            {
                // The end of the last line begins none.
                var position = at - part.Length + i;
                if (part.Span[i] == '\n' && position < end - 1 && --lines == 0)
                {
                    return position + 1;
                }
            }

            at -= part.Length;
        }

        return run.LogStart;
    }
}
