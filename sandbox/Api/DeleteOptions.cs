using System.Globalization;
using System.Text.Json.Nodes;
using GitOpsOperator.Sandbox.Api.Fields;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>What becomes of an object's dependents when it is deleted.</summary>
internal enum Propagation
{
    Background,
    Foreground,
    Orphan,
}

internal sealed record DeleteOptions(
    long? Grace = null,
    string? Uid = null,
    string? ResourceVersion = null,
    Propagation Propagation = Propagation.Background,
    bool DryRun = false
)
{
    /// <summary>Options are written like an object, and are none that is kept.</summary>
    private static readonly ResourceKind Written = new("", "v1", "DeleteOptions", "deleteoptions", Schema.Of<V1DeleteOptions>(), []);

    /// <summary>From the body, where clients put them, and from the query, where the API also allows some.</summary>
    /// <exception cref="ApiException">400 or 422: they are none.</exception>
    public static DeleteOptions From(JsonNode? given, Func<string, string?> query)
    {
        var body = given is null ? null : new Conform().Object(given, Written);
        var grace =
            body.Number("gracePeriodSeconds")
            ?? (
                long.TryParse(query("gracePeriodSeconds"), NumberStyles.Integer, CultureInfo.InvariantCulture, out var seconds)
                    ? seconds
                    : null
            );
        if (grace < 0)
        {
            throw ApiException.InvalidOptions($"gracePeriodSeconds is {grace}; it must be 0 or more");
        }

        var policy = body.Text("propagationPolicy") ?? query("propagationPolicy");
        var orphan = body.Flag("orphanDependents") || query("orphanDependents") == "true";
        return new DeleteOptions(
            grace,
            body.Text("preconditions", "uid"),
            body.Text("preconditions", "resourceVersion"),
            policy switch
            {
                "Foreground" => Propagation.Foreground,
                "Orphan" => Propagation.Orphan,
                "Background" => Propagation.Background,
                null => orphan ? Propagation.Orphan : Propagation.Background,
                _ => throw ApiException.InvalidOptions(
                    $"DeleteOptions.propagationPolicy: Unsupported value: \"{policy}\": supported values: \"Foreground\", "
                        + "\"Background\", \"Orphan\""
                ),
            },
            Http.ApiRequest.IsDryRun((body.At("dryRun") as JsonArray)?.FirstOrDefault()?.ToString() ?? query("dryRun"))
        );
    }
}
