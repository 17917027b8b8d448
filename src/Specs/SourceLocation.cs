namespace GitOpsOperator.Specs;

/// <summary>A place in a document of the repository. Line and column count from 1, as editors do.</summary>
public readonly record struct SourceLocation(string Path, int Line, int Column)
{
    public override string ToString() => $"{Path}:{Line}:{Column}";
}
