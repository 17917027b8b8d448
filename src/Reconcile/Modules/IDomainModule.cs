using System.Collections.Immutable;
using System.CommandLine;
using GitOpsOperator.Reconcile.Commands;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Reconcile.Modules;

/// <summary>
/// Everything by which a domain joins the program. A further domain is a project with one implementation of this, and one line in the
/// program's list of modules.
/// </summary>
public interface IDomainModule
{
    /// <summary>The kinds of documents that the domain reads. The first defines its clusters.</summary>
    ImmutableArray<DocumentKind> Kinds { get; }

    /// <summary>What the domain is told from outside git: a section of the operator's configuration; null where it has none.</summary>
    DomainOptions? Options => null;

    /// <summary>
    /// Whether the configuration lets the domain manage anything. Documents of a domain that is not enabled are left alone.
    /// </summary>
    bool IsEnabled => true;

    /// <summary>Names of the meters that count what the domain does.</summary>
    ImmutableArray<string> Meters => [];

    /// <summary>Commands that only this domain has.</summary>
    /// <param name="program">What the program offers to commands of all domains.</param>
    IEnumerable<Command> Commands(ProgramAccess program) => [];

    /// <summary>Explains documents without a cluster; null where the domain has nothing to say without one.</summary>
    IDocumentExplainer? Explainer => null;

    /// <summary>The domain at work. Called once, and only where it is enabled.</summary>
    IClusterDomain Open(DomainServices services);
}
