using System.Buffers;
using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace GitOpsOperator.Sandbox.Git;

/// <summary>One request through <c>git http-backend</c>, as a CGI program (RFC 3875): bodies stream in both directions.</summary>
internal static class GitHttpBackend
{
    private const int MaxHeadLength = 16 * 1024;

    public static async Task RunAsync(
        GitHttpServerOptions options,
        GitHttpRoute route,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        using var backend =
            Process.Start(StartInfo(options, route, context))
            ?? throw new InvalidOperationException($"{options.GitProgram} did not start.");
        try
        {
            // Read so that a talkative backend never blocks on it; git sends what the client shall see over the protocol.
            var errors = backend.StandardError.BaseStream.CopyToAsync(Stream.Null, cancellationToken);
            var request = SendBodyAsync(context.Request, backend.StandardInput.BaseStream, cancellationToken);
            await ReplyAsync(backend.StandardOutput.BaseStream, context.Response, cancellationToken);
            await Task.WhenAll(request, errors);
            await backend.WaitForExitAsync(cancellationToken);
        }
        finally
        {
            if (!backend.HasExited)
            {
                backend.Kill(entireProcessTree: true);
            }
        }
    }

    private static ProcessStartInfo StartInfo(GitHttpServerOptions options, GitHttpRoute route, HttpContext context)
    {
        var start = new ProcessStartInfo(options.GitProgram, ["http-backend"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = options.Root,
        };
        var path = Environment.GetEnvironmentVariable("PATH");
        var variables = new Dictionary<string, string?>
        {
            ["PATH"] = path,
            ["GIT_PROJECT_ROOT"] = options.Root,
            ["GIT_HTTP_EXPORT_ALL"] = "1",
            ["PATH_INFO"] = route.PathInfo,
            ["QUERY_STRING"] = route.Method == "GET" ? $"service={route.Service}" : "",
            ["REQUEST_METHOD"] = route.Method,
            ["CONTENT_TYPE"] = context.Request.ContentType ?? "",
            ["REMOTE_ADDR"] = context.Connection.RemoteIpAddress?.ToString() ?? "",
            ["HTTP_CONTENT_ENCODING"] = context.Request.Headers.ContentEncoding.ToString(),
            ["GIT_PROTOCOL"] = context.Request.Headers["Git-Protocol"].ToString(),

            // The machine's and the user's settings stay out; pushing is what this server is for.
            ["HOME"] = options.Root,
            ["GIT_CONFIG_NOSYSTEM"] = "1",
            ["GIT_CONFIG_GLOBAL"] = "/dev/null",
            ["GIT_CONFIG_COUNT"] = "1",
            ["GIT_CONFIG_KEY_0"] = "http.receivepack",
            ["GIT_CONFIG_VALUE_0"] = "true",
        };
        if (context.Request.ContentLength is { } length)
        {
            // Absent for chunked bodies: the backend then reads to the end.
            variables["CONTENT_LENGTH"] = length.ToString();
        }

        start.Environment.Clear();
        foreach (var (name, value) in variables.Where(variable => !string.IsNullOrEmpty(variable.Value)))
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static async Task SendBodyAsync(HttpRequest request, Stream input, CancellationToken cancellationToken)
    {
        try
        {
            await request.Body.CopyToAsync(input, cancellationToken);
        }
        catch (IOException) when (!cancellationToken.IsCancellationRequested)
        {
            // The backend has answered without reading all of it, for instance when it refuses.
        }
        finally
        {
            await input.DisposeAsync();
        }
    }

    private static async Task ReplyAsync(Stream output, HttpResponse response, CancellationToken cancellationToken)
    {
        var (head, rest) = await ReadHeadAsync(output, cancellationToken);
        foreach (var line in head.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var colon = line.IndexOf(':');
            if (colon < 0)
            {
                throw new IOException("git http-backend sent a head that is not of the form 'name: value'.");
            }

            var (name, value) = (line[..colon], line[(colon + 1)..].Trim());
            if (name.Equals("Status", StringComparison.OrdinalIgnoreCase))
            {
                response.StatusCode = int.Parse(value.AsSpan(0, 3));
            }
            else
            {
                response.Headers.Append(name, value);
            }
        }

        await response.Body.WriteAsync(rest, cancellationToken);
        await output.CopyToAsync(response.Body, cancellationToken);
    }

    private static async Task<(string Head, ReadOnlyMemory<byte> Body)> ReadHeadAsync(Stream output, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>();
        while (buffer.WrittenCount < MaxHeadLength)
        {
            var read = await output.ReadAsync(buffer.GetMemory(4096), cancellationToken);
            if (read == 0)
            {
                break;
            }

            buffer.Advance(read);
            var end = buffer.WrittenSpan.IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                return (Encoding.ASCII.GetString(buffer.WrittenSpan[..end]), buffer.WrittenMemory[(end + 4)..]);
            }
        }

        throw new IOException("git http-backend ended before its head was complete.");
    }
}
