using System.Collections.Immutable;
using System.CommandLine;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Reconcile.Modules;

/// <summary>Explains a cluster's document from the documents alone, for <c>explain KIND/NAME PATH</c>.</summary>
public interface IDocumentExplainer
{
    /// <summary>Flags of <c>explain</c> that only this domain has.</summary>
    ImmutableArray<Option> Options { get; }

    /// <param name="parsed">The command line, for <see cref="Options"/>.</param>
    Task<DocumentExplanation> ExplainAsync(ClusterDocument document, ParseResult parsed, CancellationToken cancellationToken);
}

/// <param name="Text">For people, without a newline at the end.</param>
/// <param name="IsUsable">Whether a configuration comes of the documents.</param>
public sealed record DocumentExplanation(string Text, bool IsUsable);
