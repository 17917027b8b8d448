using System.Globalization;
using System.Text;
using GitOpsOperator.Drift.Owners;

namespace GitOpsOperator.Drift.Cache;

/// <summary>The objects of a kind that are listed and watched together.</summary>
/// <param name="Namespace">Null for all of them.</param>
public sealed record ApiCollection(ApiResource Resource, string? Namespace = null)
{
    /// <summary>Objects in a page of a list. One page is in memory at a time, and etcd lets an object have 1.5 MB.</summary>
    public const int PageSize = 40;

    public string? LabelSelector { get; init; }

    public string? FieldSelector { get; init; }

    /// <summary>Names, labels and the like, without what the objects hold: a PartialObjectMetadata of each.</summary>
    public bool MetadataOnly { get; init; }

    /// <summary>Those of them that bear an owner's label.</summary>
    internal ApiCollection OwnedBy(OwnerId owner) => this with { LabelSelector = $"{ObjectLabels.Owner}={owner.Label}" };

    internal string ListPath(string? continueToken) => Path(("limit", Number(PageSize)), ("continue", continueToken));

    internal string WatchPath(string version, TimeSpan timeout) =>
        Path(
            ("watch", "true"),
            ("allowWatchBookmarks", "true"),
            ("resourceVersion", version),
            ("timeoutSeconds", Number((int)timeout.TotalSeconds))
        );

    public override string ToString() =>
        $"{Resource.Kind}{(MetadataOnly ? " (metadata)" : "")}{(Namespace is null ? "" : $" in {Namespace}")}";

    private string Path(params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var path = new StringBuilder(Resource.PathOf(Namespace));
        var separator = '?';
        ReadOnlySpan<(string Name, string? Value)> all =
        [
            ("labelSelector", LabelSelector),
            ("fieldSelector", FieldSelector),
            .. parameters,
        ];
        foreach (var (name, value) in all)
        {
            if (!string.IsNullOrEmpty(value))
            {
                path.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
                separator = '&';
            }
        }

        return path.ToString();
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
