using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace GitOpsOperator.Sandbox.Api.Http;

/// <summary>Bodies in and out.</summary>
internal static class Bodies
{
    public static async Task<JsonNode?> ReadOptionalAsync(HttpRequest request, int limit, CancellationToken ct)
    {
        var bytes = await ReadAsync(request, limit, ct);
        return bytes.Length == 0 ? null : Json.Parse(bytes);
    }

    public static async Task<JsonNode> ReadJsonAsync(HttpRequest request, int limit, CancellationToken ct)
    {
        var type = MediaType(request);
        if (type is not ("" or "application/json"))
        {
            throw ApiException.UnsupportedMediaType("application/json");
        }

        return Json.Parse(await ReadAsync(request, limit, ct));
    }

    public static async Task<byte[]> ReadAsync(HttpRequest request, int limit, CancellationToken ct)
    {
        try
        {
            using var buffer = new MemoryStream();
            await request.Body.CopyToAsync(buffer, ct);
            return buffer.ToArray();
        }
        catch (BadHttpRequestException error) when (error.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw ApiException.TooLarge(limit);
        }
    }

    public static string MediaType(HttpRequest request) => (request.ContentType ?? "").Split(';')[0].Trim();

    public static Task WriteAsync(HttpResponse response, int code, JsonNode body, CancellationToken ct) => WriteAsync(response, code, Json.Bytes(body), ct);

    public static async Task WriteAsync(HttpResponse response, int code, byte[] body, CancellationToken ct)
    {
        response.StatusCode = code;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, ct);
    }
}
