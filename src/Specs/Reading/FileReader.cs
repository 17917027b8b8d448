using System.Collections.Immutable;
using GitOpsOperator.Specs.Yaml;

namespace GitOpsOperator.Specs.Reading;

/// <summary>What one file says, apart from all others: the same bytes at the same path always say the same.</summary>
public sealed record FileContent(ImmutableArray<ReadDocument> Documents, ImmutableArray<Finding> Findings);

/// <param name="Key">The cluster it is about; null where that could not be told.</param>
/// <param name="Valid">Null where it has an error.</param>
public sealed record ReadDocument(ClusterKey? Key, SourceLocation Location, ClusterDocument? Valid);

public sealed class FileReader(ImmutableArray<DocumentKind> kinds, ReadingLimits limits)
{
    public FileContent Read(SourceFile file)
    {
        if (file.Path.EnumerateRunes().Any(rune => !Shown.IsVisible(rune)))
        {
            return Refused(
                new(Shown.Of(file.Path), 1, 1),
                "the path holds characters that do not show; rename the file",
                DocumentRules.FileName
            );
        }

        var start = new SourceLocation(file.Path, 1, 1);
        if (file.Content.Length > limits.FileBytes)
        {
            return Refused(
                start,
                $"{file.Content.Length} bytes; a file may hold {limits.FileBytes}, split it or keep it outside the watched path",
                DocumentRules.FileSize
            );
        }

        if (YamlText.Decode(file.Content.Span, out var badOffset) is not { } text)
        {
            var byteShown = badOffset < file.Content.Length ? $"byte 0x{file.Content.Span[badOffset]:X2} is" : "the end is";
            return Refused(
                YamlText.LocationOf(file.Path, file.Content.Span, badOffset),
                $"{byteShown} not UTF-8; save the file as UTF-8",
                DocumentRules.NotUtf8
            );
        }

        var count = DocumentSplitter.Count(text);
        if (count > limits.DocumentsPerFile)
        {
            return Refused(
                start,
                $"{count} documents; a file may hold {limits.DocumentsPerFile}, split it",
                DocumentRules.TooManyDocuments
            );
        }

        var documents = ImmutableArray.CreateBuilder<ReadDocument>();
        var findings = ImmutableArray.CreateBuilder<Finding>();
        foreach (var part in DocumentSplitter.Split(text))
        {
            var yaml = YamlDocument.Read(file.Path, part, limits, IsForeign);
            var isEmpty = yaml.Root is (null or YamlScalar { Type: ScalarType.Null }) && !yaml.Findings.HasErrors;
            if (!yaml.IsForeign && !isEmpty)
            {
                var document = new DocumentInterpreter(kinds).Read(yaml, new(file.Path, part.FirstLine, 1), file.BlobId);
                documents.Add(document);
                findings.AddRange(yaml.Findings.Take(document.Key, limits.FindingsPerDocument));
            }
        }

        return new(documents.ToImmutable(), findings.ToImmutable());
    }

    private bool IsForeign(YamlMapping root) => new DocumentInterpreter(kinds).IsForeign(root);

    private static FileContent Refused(SourceLocation location, string message, Rule rule) =>
        new([], [new(FindingSeverity.Error, location, "", message, rule.Id)]);
}
