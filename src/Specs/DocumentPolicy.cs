using System.Collections.Immutable;
using System.IO.Enumeration;
using GitOpsOperator.Specs.Yaml;

namespace GitOpsOperator.Specs;

/// <summary>
/// What the documents of one repository may decide on. A document outside of it is a finding, and its cluster stays as it last was: whoever
/// may write to a repository has the rights of that repository, not those of the operator.
/// </summary>
public sealed record DocumentPolicy
{
    public static readonly DocumentPolicy Everything = new();

    /// <summary>Namespaces, <c>*</c> standing for any number of characters. Default: all.</summary>
    public ImmutableArray<string> Namespaces { get; init; } = ["*"];

    /// <summary>Namespaces that the operator sees at all, whatever repository it is. Empty: all.</summary>
    public ImmutableArray<string> VisibleNamespaces { get; init; } = [];

    /// <summary>Kinds by name, <c>*</c> as above.</summary>
    public ImmutableArray<string> Kinds { get; init; } = ["*"];

    /// <summary>
    /// Registries (<c>registry.example.com:5000</c>) and what lies below a path in them (<c>gcr.io/etcd-development</c>); <c>*</c> for
    /// all. An image without a registry is one of <c>docker.io</c>, as container runtimes read it.
    /// </summary>
    public ImmutableArray<string> Images { get; init; } = ["*"];

    /// <summary>Documents may ask for volumes to be deleted. Default: they may.</summary>
    public bool VolumeDeletion { get; init; } = true;

    internal IEnumerable<Finding> Findings(ClusterDocument document, DocumentKind kind)
    {
        if (!Matches(Kinds, kind.Name))
        {
            yield return Of(
                document,
                "kind",
                $"{kind.Name} may not be defined by this repository, only {Allowed(Kinds)}",
                DocumentRules.KindNotAllowed
            );
        }

        if (!Matches(Namespaces, document.Key.Namespace))
        {
            yield return Of(
                document,
                "metadata.namespace",
                $"{Shown.Quoted(document.Key.Namespace)} may not be used by this repository, only {Allowed(Namespaces)}",
                DocumentRules.NamespaceNotAllowed
            );
        }

        if (!VisibleNamespaces.IsEmpty && !VisibleNamespaces.Contains(document.Key.Namespace))
        {
            yield return Of(
                document,
                "metadata.namespace",
                $"{Shown.Quoted(document.Key.Namespace)} is not seen by this operator, only {Allowed(VisibleNamespaces)}",
                DocumentRules.NamespaceNotAllowed,
                option: "namespaces"
            );
        }

        if (document.DeletesVolumes && !VolumeDeletion)
        {
            yield return Of(
                document,
                "spec.deleteVolumes",
                "volumes may not be deleted by this repository",
                DocumentRules.DeletionNotAllowed,
                "leave it out"
            );
        }

        foreach (var (field, image) in document.Images.Where(entry => !IsAllowed(entry.Image)))
        {
            yield return Of(
                document,
                field,
                $"{Shown.Quoted(image)} may not be run by this repository, only images of {Allowed(Images)}",
                DocumentRules.ImageNotAllowed
            );
        }
    }

    private static Finding Of(
        ClusterDocument document,
        string field,
        string message,
        Rule rule,
        string remediation = "choose one of these",
        string option = "repositories.allow"
    ) =>
        new(
            FindingSeverity.Error,
            document.Location,
            field,
            $"{message}; {remediation}, or have the operator's configuration allow it ({option})",
            rule.Id,
            document.Key
        );

    private static string Allowed(ImmutableArray<string> allowed) => string.Join(", ", allowed);

    private static bool Matches(ImmutableArray<string> allowed, string name) =>
        allowed.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false));

    private bool IsAllowed(string image)
    {
        var name = WithRegistry(image);
        return Images.Any(allowed =>
            allowed == "*"
            || (
                name.StartsWith(allowed, StringComparison.Ordinal)
                && name.AsSpan(allowed.Length) is [] or ['/' or ':' or '@', ..]
                && !IsPort(name, allowed)
            )
        );
    }

    /// <summary>A host without a port does not stand for the same host at another port.</summary>
    private static bool IsPort(string image, string allowed) =>
        !allowed.Contains('/', StringComparison.Ordinal) && image.AsSpan(allowed.Length) is [':', ..];

    /// <summary>
    /// As the distribution's reference grammar reads a name: the first part is a host only with a dot or a port, or as localhost.
    /// </summary>
    private static string WithRegistry(string image)
    {
        var slash = image.IndexOf('/', StringComparison.Ordinal);
        var host = slash < 0 ? "" : image[..slash];
        return host.Contains('.', StringComparison.Ordinal) || host.Contains(':', StringComparison.Ordinal) || host == "localhost" ? image
            : slash < 0 ? $"docker.io/library/{image}"
            : $"docker.io/{image}";
    }
}
