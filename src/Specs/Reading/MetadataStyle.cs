using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace GitOpsOperator.Specs.Reading;

/// <summary>What <c>metadata</c> of a kind may hold.</summary>
/// <param name="Noun">What a document of the kind defines, for messages.</param>
/// <param name="NameAllowed">What a name may be, for messages.</param>
/// <param name="IgnoredFields">Of <c>metadata</c>: what the cluster itself writes and an export brings along.</param>
/// <param name="IgnoredRootFields">Beside <c>metadata</c> and <c>spec</c>.</param>
public sealed partial record MetadataStyle(
    string Noun,
    int MaxNameLength,
    Regex NamePattern,
    string NameAllowed,
    ImmutableArray<string> IgnoredFields,
    ImmutableArray<string> IgnoredRootFields
)
{
    /// <summary>Annotations that only this kind has, with the values that they take.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> OwnAnnotations { get; init; } =
        ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>What the API server fills in; generators and exports write it into files, where it says nothing.</summary>
    public static readonly ImmutableArray<string> WrittenByTheCluster =
    [
        "creationTimestamp",
        "finalizers",
        "generation",
        "managedFields",
        "ownerReferences",
        "resourceVersion",
        "selfLink",
        "uid",
    ];

    /// <summary>40, so that every name derived from it (<c>data-NAME-7-0</c>, <c>NAME-client</c>) fits where Kubernetes takes 63
    /// characters.</summary>
    public static readonly MetadataStyle Cluster = new(
        "cluster",
        40,
        ClusterName(),
        "a name is 1 to 40 lower-case letters, digits and hyphens, starts with a letter and ends with a letter or digit",
        [],
        []
    );

    /// <summary>An object that no other name is derived from.</summary>
    public static readonly MetadataStyle Object = new(
        "object",
        253,
        DnsSubdomain(),
        "a name is 1 to 253 lower-case letters, digits, hyphens and dots, a letter or digit at both ends of each part",
        WrittenByTheCluster,
        ["status"]
    );

    public bool IsName(string text) => text.Length <= MaxNameLength && NamePattern.IsMatch(text);

    // A letter first, since the name begins the names of Services, which Kubernetes takes only so (RFC 1035).
    [GeneratedRegex(@"\A[a-z](?:[-a-z0-9]*[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex ClusterName();

    [GeneratedRegex(
        @"\A[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex DnsSubdomain();
}
