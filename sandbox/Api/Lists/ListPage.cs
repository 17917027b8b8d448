using System.Globalization;
using System.Text.Json.Nodes;

namespace GitOpsOperator.Sandbox.Api.Lists;

/// <summary>A list, or the part of it that was asked for.</summary>
/// <param name="Revision">The state that it shows.</param>
/// <param name="Next">Where the next part begins; null at the end.</param>
/// <param name="Remaining">How many are left then; null where only some of the objects were selected, as nobody has counted them.</param>
internal sealed record ListPage(IReadOnlyList<StoredObject> Objects, long Revision, ContinueToken? Next = null, int? Remaining = null)
{
    /// <summary>What a list says of itself.</summary>
    public JsonObject Metadata()
    {
        var metadata = new JsonObject { ["resourceVersion"] = Revision.ToString(CultureInfo.InvariantCulture) };
        if (Next is { } next)
        {
            metadata["continue"] = next.ToString();
        }

        if (Remaining is { } remaining)
        {
            metadata["remainingItemCount"] = remaining;
        }

        return metadata;
    }

    /// <exception cref="ApiException">
    /// 410: the state that the pages show is forgotten. 504: the one that was asked for is not reached.
    /// </exception>
    public static ListPage Of(Store store, ListQuery query)
    {
        var token = query.Continue;
        var (objects, revision) = store.List(query.Kind, query.Namespace, Wanted(store, query));
        var left = objects
            .Where(stored => token is null || Store.Compare((stored.Namespace, stored.Name), token.Value.After) > 0)
            .Where(query.Selection.Matches)
            .ToList();
        if (query.Limit is not { } limit || left.Count <= limit)
        {
            return new(left, revision);
        }

        var page = left[..limit];
        var next = new ContinueToken(revision, (page[^1].Namespace, page[^1].Name));
        return new(page, revision, next, query.Selection == Selection.All ? left.Count - limit : null);
    }

    /// <summary>The state to show; null: the present one.</summary>
    private static long? Wanted(Store store, ListQuery query)
    {
        var (current, oldest) = (store.Revision, store.Compacted);
        if (query.Continue is { } token)
        {
            return token.Revision switch
            {
                ContinueToken.Latest => null,
                var told when told < oldest => throw ApiException.PagesExpired(token with { Revision = ContinueToken.Latest }),
                var told when told > current => throw ApiException.BadRequest("continue key is not valid: it was given by another server"),
                var told => told,
            };
        }

        if (query.ResourceVersion > current)
        {
            throw ApiException.TooNew(query.ResourceVersion.Value, current);
        }

        return !query.Exact ? null
            : query.ResourceVersion < oldest ? throw ApiException.Expired(query.ResourceVersion.Value, oldest + 1)
            : query.ResourceVersion;
    }
}
