using System.Collections.Immutable;
using GitOpsOperator.Specs.Reading;

namespace GitOpsOperator.Specs;

/// <summary>
/// Turns the files of one revision into clusters and findings. Nothing in a file makes it throw. Keep one per repository: a file that
/// did not change since the last read is not parsed again.
/// </summary>
public sealed class DocumentReader
{
    private readonly ReadingLimits _limits;
    private readonly ImmutableArray<DocumentKind> _kinds;
    private readonly DocumentPolicy _policy;
    private readonly FileReader _files;

    // Only the files of the last read, so it grows with the repository and not with its history.
    private ImmutableDictionary<(string Path, string BlobId), FileContent> _lastRead = ImmutableDictionary<
        (string Path, string BlobId),
        FileContent
    >.Empty;

    /// <param name="policy">What the repository may decide on; null: everything.</param>
    public DocumentReader(IEnumerable<DocumentKind> kinds, ReadingLimits? limits = null, DocumentPolicy? policy = null)
    {
        _limits = limits ?? new();
        _kinds = [.. kinds];
        _policy = policy ?? DocumentPolicy.Everything;
        _files = new(_kinds, _limits);
    }

    public static bool IsDocumentFile(string path) =>
        path.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);

    /// <param name="files">Those that <see cref="IsDocumentFile"/> does not name are passed over.</param>
    public DesiredState Read(IReadOnlyCollection<SourceFile> files)
    {
        var yaml = files.Where(file => IsDocumentFile(file.Path)).OrderBy(file => file.Path, StringComparer.Ordinal).ToArray();
        if (TooMuch(yaml) is { } refusal)
        {
            return new([], [refusal]);
        }

        var known = _lastRead;
        var contents = yaml.Select(file => (Key: (file.Path, file.BlobId), File: file))
            .Select(file => KeyValuePair.Create(file.Key, known.GetValueOrDefault(file.Key) ?? _files.Read(file.File)))
            .ToArray();
        _lastRead = contents.Where(content => content.Key.BlobId.Length > 0).DistinctBy(content => content.Key).ToImmutableDictionary();
        return Combine([.. contents.Select(content => content.Value)]);
    }

    private DesiredState Combine(FileContent[] contents)
    {
        var documents = contents.SelectMany(content => content.Documents).ToArray();
        var findings = contents.SelectMany(content => content.Findings).ToList();
        foreach (var same in documents.Where(document => document.Key is not null).GroupBy(document => document.Key!.Value))
        {
            // A definition that is broken counts too: the valid one may be the one that was meant to go.
            var places = same.Select(document => document.Location).ToArray();
            for (var i = 0; places.Length > 1 && i < places.Length; i++)
            {
                var others = string.Join(", ", places.Where((_, index) => index != i).Take(3));
                others += places.Length > 4 ? ", …" : "";
                findings.Add(
                    new(
                        FindingSeverity.Error,
                        places[i],
                        "metadata.name",
                        $"{same.Key} is defined also at {others}; neither is taken until one of them is removed",
                        DocumentRules.DefinedTwice.Id,
                        same.Key
                    )
                );
            }
        }

        findings.AddRange(
            documents
                .Select(document => document.Valid)
                .OfType<ClusterDocument>()
                .SelectMany(document => _policy.Findings(document, Kind(document)))
        );
        var held = findings.Where(finding => finding.Severity == FindingSeverity.Error).Select(finding => finding.Subject).ToHashSet();
        var valid = documents
            .Select(document => document.Valid)
            .OfType<ClusterDocument>()
            .Where(document => !held.Contains(document.Key))
            .OrderBy(document => document.Key)
            .ToArray();
        var broken = held.OfType<ClusterKey>().ToHashSet();
        var parts = _kinds.Where(kind => !kind.DefinesCluster).Select(kind => kind.Domain).ToHashSet();
        return new(
            [
                .. valid
                    .Where(document => !parts.Contains(document.Key.Domain))
                    .Select(document => Kind(document).Assemble(document, valid, broken)),
            ],
            [
                .. findings
                    .OrderBy(finding => finding.Location.Path, StringComparer.Ordinal)
                    .ThenBy(finding => finding.Location.Line)
                    .ThenBy(finding => finding.Location.Column)
                    .ThenBy(finding => finding.Rule, StringComparer.Ordinal),
            ]
        )
        {
            Parts = [.. valid.Where(document => parts.Contains(document.Key.Domain))],
        };
    }

    private DocumentKind Kind(ClusterDocument document) => _kinds.First(kind => kind.Domain == document.Key.Domain);

    private Finding? TooMuch(SourceFile[] files)
    {
        var bytes = files.Sum(file => (long)file.Content.Length);
        var (message, rule) =
            files.Length > _limits.Files
                ? ($"{files.Length} YAML files; at most {_limits.Files} are read, watch a smaller path", DocumentRules.TooManyFiles)
            : bytes > _limits.TotalBytes
                ? ($"{bytes} bytes of YAML; at most {_limits.TotalBytes} are read, watch a smaller path", DocumentRules.TooManyBytes)
            : ("", null);
        return rule is null ? null : new(FindingSeverity.Error, new(".", 1, 1), "", message, rule.Id);
    }
}
