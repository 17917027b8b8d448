using System.Collections.Immutable;
using System.Text;

namespace GitOpsOperator.Reconcile.Plans;

/// <summary>Differences of files as people read them, cut where nobody would read on.</summary>
public static class DiffText
{
    private const int MaxLines = 120;
    private const int MaxLineLength = 160;

    public static void WriteText(StringBuilder text, ImmutableArray<TextDiff> diffs)
    {
        if (diffs.IsEmpty)
        {
            return;
        }

        text.Append("\nIn the files that pods read\n");
        foreach (var line in Lines(diffs))
        {
            text.Append($"  {line}\n");
        }
    }

    public static void WriteMarkdown(StringBuilder text, ImmutableArray<TextDiff> diffs)
    {
        if (diffs.IsEmpty)
        {
            return;
        }

        ImmutableArray<string> lines = [.. Lines(diffs)];

        // Longer than any run of backticks within, so that no line of theirs ends the block.
        var fence = new string('`', Math.Max(3, lines.Max(MaxRun) + 1));
        text.Append($"\n**In the files that pods read**\n\n{fence}diff\n{string.Join('\n', lines)}\n{fence}\n");
    }

    private static IEnumerable<string> Lines(ImmutableArray<TextDiff> diffs)
    {
        var left = MaxLines;
        foreach (var (diff, index) in diffs.Select((diff, index) => (diff, index)))
        {
            if (left <= 0)
            {
                yield return $"# and {diffs.Length - index} more: "
                    + $"{string.Join(", ", diffs.Skip(index).Take(20).Select(rest => MarkdownText.Printable(rest.Title)))}";
                yield break;
            }

            yield return $"# {MarkdownText.Printable(diff.Title)}";
            foreach (var line in diff.Lines.Take(left))
            {
                yield return MarkdownText.Printable(line.Length > MaxLineLength ? line[..MaxLineLength] + "…" : line);
            }

            if (diff.Lines.Length > left)
            {
                yield return $"# and {diff.Lines.Length - left} more lines of it";
            }

            left -= diff.Lines.Length;
        }
    }

    private static int MaxRun(string line)
    {
        var (longest, run) = (0, 0);
        foreach (var letter in line)
        {
            run = letter == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }
}
