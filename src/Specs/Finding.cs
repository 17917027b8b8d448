namespace GitOpsOperator.Specs;

public enum FindingSeverity
{
    Warning,
    Error,
}

/// <summary>
/// Something wrong in a document, addressed to the person who wrote it: where, which field, what is wrong,
/// what is allowed and by which rule.
/// </summary>
/// <param name="Field">Path of the field, such as <c>spec.storage.size</c>; empty where the finding is about the whole document.</param>
/// <param name="Message">What is wrong and what is allowed, as one line.</param>
/// <param name="Rule">Stable kebab-case id, for searching the documentation.</param>
/// <param name="Subject">The cluster that the document would define, where it could be recognised.</param>
public sealed record Finding(
    FindingSeverity Severity,
    SourceLocation Location,
    string Field,
    string Message,
    string Rule,
    ClusterKey? Subject = null
)
{
    public override string ToString() =>
        $"{Location}: {(Severity == FindingSeverity.Error ? "error" : "warning")}: "
        + $"{(Field.Length == 0 ? "" : Field + ": ")}{Message} [{Rule}]";
}
