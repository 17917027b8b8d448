namespace GitOpsOperator.Specs;

/// <summary>The kind of Kubernetes' objects that show the clusters of one domain to whoever reads there.</summary>
/// <param name="Domain">As in <see cref="ClusterKey.Domain"/>.</param>
/// <param name="Name">As in the objects' <c>kind</c>.</param>
/// <param name="Plural">How URLs name it.</param>
public sealed record ProjectedKind(string Domain, string Name, string Plural)
{
    /// <summary>Always our own: objects of another project's kinds would be taken for wishes by that project's controllers.</summary>
    public const string Group = DocumentKind.Group;

    public const string Version = "v1alpha1";

    public const string ApiVersion = $"{Group}/{Version}";
}
