using System.Text;

namespace GitOpsOperator.Specs.Tests;

/// <summary>
/// Each folder of <c>golden</c> is one mistake (or none): <c>input.yaml</c>, and <c>expected.txt</c> with what the reader says of it.
/// <c>UPDATE_GOLDEN=1</c> rewrites the expectations; the difference is for review.
/// </summary>
public sealed class GoldenTests
{
    public static TheoryData<string> Cases =>
        [.. Directory.GetDirectories(SourceTree.Golden).Select(folder => Path.GetFileName(folder)!).Order()];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_document_is_judged_as_expected(string name)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var folder = Path.Combine(SourceTree.Golden, name);
        var input = await File.ReadAllBytesAsync(Path.Combine(folder, "input.yaml"), cancellation);
        var actual = Render(Documents.Read(Documents.File("input.yaml", input)));
        var expectedFile = Path.Combine(folder, "expected.txt");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            await File.WriteAllTextAsync(expectedFile, actual, cancellation);
        }

        Assert.Equal(await File.ReadAllTextAsync(expectedFile, cancellation), actual);
    }

    [Fact]
    public async Task Every_rule_has_a_case()
    {
        // These need bytes, numbers or a policy that a golden file cannot hold; LimitsTests, EncodingTests and PolicyTests have them.
        string[] elsewhere =
        [
            "too-many-files",
            "too-many-bytes",
            "file-name",
            "file-size",
            "too-many-documents",
            "too-many-nodes",
            "not-utf8",
            "annotation",
            "kind-not-allowed",
            "namespace-not-allowed",
            "image-not-allowed",
            "deletion-not-allowed",
        ];
        var shown = new StringBuilder();
        foreach (var file in Directory.GetFiles(SourceTree.Golden, "expected.txt", SearchOption.AllDirectories))
        {
            shown.Append(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        }

        Assert.DoesNotContain(
            DocumentKinds.Rules,
            rule => !elsewhere.Contains(rule.Id) && !shown.ToString().Contains($"[{rule.Id}]", StringComparison.Ordinal)
        );
    }

    private static string Render(DesiredState state)
    {
        var text = new StringBuilder();
        foreach (var finding in state.Findings)
        {
            text.Append(finding).Append('\n');
        }

        var subjects = state.Findings.Select(finding => finding.Subject?.ToString() ?? "unknown").Distinct();
        text.Append("about: ").AppendJoin(", ", subjects).Append('\n');
        text.Append("clusters: ")
            .AppendJoin(", ", state.Documents.Select(document => $"{document.Key} at line {document.Location.Line}"))
            .Append('\n');
        return text.ToString();
    }
}
