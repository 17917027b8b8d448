using System.Collections.Immutable;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.Configuration;

/// <summary>What the documents of a repository may decide on; a document outside is a finding and changes nothing.</summary>
public sealed class AllowConfiguration
{
    /// <summary>Namespaces, <c>*</c> standing for any number of characters: <c>team-a</c>, <c>team-a-*</c>.</summary>
    public IList<string> Namespaces { get; set; } = ["*"];

    /// <summary>Kinds by name, such as <c>EtcdCluster</c>.</summary>
    public IList<string> Kinds { get; set; } = ["*"];

    /// <summary>
    /// Registries, or paths in them, that images may come from: <c>registry.example.com:5000</c>, <c>gcr.io/etcd-development</c>.
    /// </summary>
    public IList<string> Images { get; set; } = ["*"];

    /// <summary>
    /// Whether documents may ask for volumes to be deleted (<c>deleteVolumes: true</c>); if not, such a document is a finding.
    /// </summary>
    public bool VolumeDeletion { get; set; } = true;

    internal DocumentPolicy Policy =>
        new()
        {
            Namespaces = [.. Namespaces],
            Kinds = [.. Kinds],
            Images = [.. Images],
            VolumeDeletion = VolumeDeletion,
        };

    internal IEnumerable<string> Errors(string where, ImmutableArray<DocumentKind> kinds)
    {
        (string Name, IList<string>? Allowed)[] lists = [("namespaces", Namespaces), ("kinds", Kinds), ("images", Images)];
        foreach (var (name, allowed) in lists)
        {
            if (allowed is not { Count: > 0 })
            {
                yield return $"{where}.{name}: names nothing, so nothing could be defined; leave it out to allow everything";
            }
            else if (allowed.Any(string.IsNullOrWhiteSpace))
            {
                yield return $"{where}.{name}: holds an empty entry";
            }
        }

        foreach (
            var kind in (Kinds ?? []).Where(kind =>
                !kind.Contains('*', StringComparison.Ordinal) && !kinds.Any(known => known.Name == kind)
            )
        )
        {
            yield return $"{where}.kinds: '{kind}' is no kind; known are {string.Join(", ", kinds.Select(known => known.Name))}";
        }

        foreach (var image in (Images ?? []).Where(image => image != "*" && image.Contains('*', StringComparison.Ordinal)))
        {
            yield return $"{where}.images: '{image}' holds a *; name a registry or a path in it, and all that lies below is allowed";
        }
    }
}
