using System.Text.Json.Nodes;
using GitOpsOperator.Sandbox.Api.Protobuf;
using Microsoft.AspNetCore.Http;

namespace GitOpsOperator.Sandbox.Api.Http;

/// <summary>Bodies in and out.</summary>
internal static class Bodies
{
    public static async Task<JsonObject?> ReadOptionalAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        var bytes = await ReadAsync(request, limit, cancellationToken);
        return bytes.Length == 0 ? null : Parse(request, bytes);
    }

    /// <exception cref="ApiException">400: it is no object. 413: it is too large. 415: it is written in a way that is not known
    /// here.</exception>
    public static async Task<JsonObject> ReadObjectAsync(HttpRequest request, int limit, CancellationToken cancellationToken) =>
        Parse(request, await ReadAsync(request, limit, cancellationToken));

    private static JsonObject Parse(HttpRequest request, byte[] bytes) =>
        MediaType(request) switch
        {
            "" or "application/json" => Json.Parse(bytes) as JsonObject ?? throw ApiException.BadRequest("the body is not a JSON object"),
            ProtobufBody.MediaType => ProtobufBody.Parse(bytes),
            _ => throw ApiException.UnsupportedMediaType($"application/json, {ProtobufBody.MediaType}"),
        };

    public static async Task<byte[]> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        try
        {
            using var buffer = new MemoryStream();
            await request.Body.CopyToAsync(buffer, cancellationToken);
            return buffer.ToArray();
        }
        catch (BadHttpRequestException error) when (error.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw ApiException.TooLarge(limit);
        }
    }

    public static string MediaType(HttpRequest request) => (request.ContentType ?? "").Split(';')[0].Trim();

    public static Task WriteAsync(HttpResponse response, int code, JsonNode body, CancellationToken cancellationToken) =>
        WriteAsync(response, code, Json.Bytes(body), cancellationToken);

    public static async Task WriteAsync(HttpResponse response, int code, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        response.StatusCode = code;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, cancellationToken);
    }
}
