using System.Buffers;
using System.Text;
using System.Text.Unicode;
using YamlDotNet.Core;

namespace GitOpsOperator.Specs.Yaml;

/// <summary>A file's bytes as text, or the place where they stop being UTF-8.</summary>
public static class YamlText
{
    public static string? Decode(ReadOnlySpan<byte> bytes, out int badOffset)
    {
        badOffset = 0;
        if (bytes.StartsWith("\uFEFF"u8))
        {
            bytes = bytes[3..];
            badOffset = 3;
        }

        var characters = new char[bytes.Length];
        if (Utf8.ToUtf16(bytes, characters, out var read, out var written, replaceInvalidSequences: false) == OperationStatus.Done)
        {
            return new(characters, 0, written);
        }

        badOffset += read;
        return null;
    }

    public static SourceLocation LocationOf(string path, ReadOnlySpan<byte> bytes, int offset)
    {
        var before = bytes[..offset];
        var line = before[(before.LastIndexOf((byte)'\n') + 1)..];
        return new(path, before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(line) + 1);
    }

    /// <summary>
    /// The first character that YAML forbids, or that YAML 1.1 takes for the end of a line and editors do not (next line, line and
    /// paragraph separator): with one of these a reviewer would see one line where two are read.
    /// </summary>
    public static int FirstHidden(ReadOnlySpan<char> text) => text.IndexOfAny(Hidden);

    /// <summary>The first tab among the spaces that a line begins with.</summary>
    public static Mark? IndentingTab(ReadOnlySpan<char> text)
    {
        var number = 0;
        foreach (var line in text.EnumerateLines())
        {
            number++;
            if (line.IndexOfAnyExcept(' ') is >= 0 and var indent && line[indent] == '\t')
            {
                return new(0, number, indent + 1);
            }
        }

        return null;
    }

    private static readonly SearchValues<char> Hidden = SearchValues.Create([
        .. Enumerable.Range(0, 0x20).Select(code => (char)code).Except(['\t', '\n', '\r']),
        .. Enumerable.Range(0x7F, 0x21).Select(code => (char)code),
        '\u2028',
        '\u2029',
        '\u202A',
        '\u202B',
        '\u202C',
        '\u202D',
        '\u202E',
        '\u2066',
        '\u2067',
        '\u2068',
        '\u2069',
        '\uFEFF',
        '\uFFFE',
        '\uFFFF',
    ]);
}
