using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsOperator.Sandbox.Api.Lists;

/// <summary>Where the next page of a list begins, in the form that a real server gives it: clients hand it back unread.</summary>
/// <param name="Revision">
/// The state that all pages show; <see cref="Latest"/> where that one is forgotten and the rest is to show the present one.
/// </param>
/// <param name="After">The key of the last object that was told.</param>
internal readonly record struct ContinueToken(long Revision, (string Namespace, string Name) After)
{
    public const long Latest = -1;
    private const string Version = "meta.k8s.io/v1";

    public override string ToString() =>
        Base64Url.EncodeToString(
            Json.Bytes(
                new JsonObject
                {
                    ["v"] = Version,
                    ["rv"] = Revision,
                    ["start"] = $"{After.Namespace}/{After.Name}",
                }
            )
        );

    /// <exception cref="ApiException">400: it is none that this server gave.</exception>
    public static ContinueToken Parse(string text)
    {
        if (
            TryRead(text, out var node)
            && node.Text("v") == Version
            && node.Number("rv") is >= Latest and var revision
            && node.Text("start")?.Split('/') is [var @namespace, var name]
        )
        {
            return new(revision, (@namespace, name));
        }

        throw ApiException.BadRequest("continue key is not valid: it was not given by this server");
    }

    private static bool TryRead(string text, [NotNullWhen(true)] out JsonNode? node)
    {
        try
        {
            node = JsonNode.Parse(Base64Url.DecodeFromChars(text));
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            node = null;
        }

        return node is not null;
    }
}
