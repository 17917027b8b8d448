using System.Globalization;
using GitOpsOperator.Sandbox.Api.Http;

namespace GitOpsOperator.Sandbox.Api.Lists;

/// <summary>What a list is asked for.</summary>
/// <param name="Limit">The most objects of one answer; null: all.</param>
/// <param name="Exact">The state at <paramref name="ResourceVersion"/> itself; else that one or a later one.</param>
internal sealed record ListQuery(
    ResourceKind Kind,
    string? Namespace,
    Selection Selection,
    int? Limit,
    ContinueToken? Continue,
    long? ResourceVersion,
    bool Exact
)
{
    /// <exception cref="ApiException">400 or 422: the query asks for what does not go together.</exception>
    public static ListQuery Of(ApiRequest request)
    {
        var (limit, token, version) = (LimitOf(request), request.Query("continue"), request.ResourceVersion);
        var match = MatchOf(request, version, token);
        if (token is { Length: > 0 } && version > 0)
        {
            throw ApiException.BadRequest("specifying resource version is not allowed when using continue");
        }

        // A version of 0 means "whatever you have at hand", and a real server answers that from its cache, which does not know pages.
        var unpaged = version is 0 && token is not { Length: > 0 };
        return new(
            request.Kind,
            request.Namespace,
            request.Selection,
            unpaged ? null : limit,
            token is { Length: > 0 } ? ContinueToken.Parse(token) : null,
            version,
            match == "Exact" || (match is null && limit is not null && version > 0)
        );
    }

    private static int? LimitOf(ApiRequest request) =>
        request.Query("limit") switch
        {
            null or "" => null,
            var text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var limit) => limit > 0
                ? (int)Math.Min(limit, int.MaxValue)
                : null,
            var text => throw ApiException.BadRequest($"limit=\"{text}\" is not a number"),
        };

    private static string? MatchOf(ApiRequest request, long? version, string? token) =>
        request.Query("resourceVersionMatch") switch
        {
            null or "" => null,
            _ when token is { Length: > 0 } => throw Forbidden("when continue is provided"),
            _ when version is null => throw Forbidden("unless resourceVersion is provided"),
            "Exact" when version is 0 => throw Forbidden("to be Exact for resourceVersion \"0\""),
            ("Exact" or "NotOlderThan") and var match => match,
            var other => throw ApiException.InvalidOptions(
                $"resourceVersionMatch: Unsupported value: \"{other}\": supported values: \"Exact\", \"NotOlderThan\""
            ),
        };

    private static ApiException Forbidden(string why) =>
        ApiException.InvalidOptions($"resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden {why}");
}
