using System.Text;

namespace GitOpsOperator.Specs.Tests;

public sealed class EncodingTests
{
    [Fact]
    public void A_byte_order_mark_is_passed_over()
    {
        var state = Documents.Read(Documents.File("a.yaml", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Documents.Minimal("orders"))]));

        Assert.Empty(state.Findings);
        Assert.Equal(new("a.yaml", 1, 1), Assert.Single(state.Documents).Location);
    }

    [Fact]
    public void The_first_byte_that_is_not_UTF8_is_named_with_its_place()
    {
        var text = Encoding.UTF8.GetBytes(Documents.Minimal("orders"));
        var state = Documents.Read(Documents.File("a.yaml", [.. text, .. "# caf"u8, 0xE9, .. "\n"u8]));

        Assert.Empty(state.Documents);
        Assert.Equal(
            "a.yaml:10:6: error: byte 0xE9 is not UTF-8; save the file as UTF-8 [not-utf8]",
            Assert.Single(state.Findings).ToString()
        );
    }

    [Fact]
    public void A_character_cut_in_half_at_the_end_is_not_UTF8()
    {
        var state = Documents.Read(Documents.File("a.yaml", [0x61, 0xE2, 0x82]));
        Assert.Equal(
            "a.yaml:1:2: error: byte 0xE2 is not UTF-8; save the file as UTF-8 [not-utf8]",
            Assert.Single(state.Findings).ToString()
        );
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    public void Other_encodings_are_refused(string encoding)
    {
        var wide = Encoding.GetEncoding(encoding);
        var state = Documents.Read(Documents.File("a.yaml", [.. wide.GetPreamble(), .. wide.GetBytes(Documents.Minimal("orders"))]));
        Assert.Equal("not-utf8", Assert.Single(state.Findings).Rule);
    }

    [Fact]
    public void A_file_of_zeros_is_refused_not_read_as_empty() =>
        Assert.Contains(
            Documents.Read(Documents.File("a.yaml", new byte[100])).Findings,
            finding => finding.Severity == FindingSeverity.Error
        );

    [Fact]
    public void Text_outside_ASCII_is_welcome_and_columns_count_as_editors_do()
    {
        var state = Documents.Read(
            Documents
                .Minimal("orders")
                .Replace("name: orders", "name: orders\n  annotations: {a: \"grün 🐘\", b: 1}", StringComparison.Ordinal)
        );
        var finding = Assert.Single(state.Findings);
        Assert.Equal(("metadata.annotations.b", 5, 34), (finding.Field, finding.Location.Line, finding.Location.Column));
    }
}
