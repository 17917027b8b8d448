using System.Globalization;
using System.Text;
using GitOpsOperator.Specs.Yaml;

namespace GitOpsOperator.Reconcile.Plans;

/// <summary>
/// Text of others inside our Markdown, as forges render it: no markup, mention, reference, link or direction mark of theirs takes effect,
/// and none can forge the comment's own marks.
/// </summary>
public static class MarkdownText
{
    /// <summary>For a paragraph, a list item or the cell of a table, of ours.</summary>
    public static string Escape(string text)
    {
        var escaped = Write(
            text,
            rune => rune.Value is '`' or '|' or '*' or '_' or '[' or ']' or '\\' or '#' or '~' or '$' ? $"\\{rune}" : null
        );

        // Bare addresses become links by themselves; an entity in their middle keeps them text.
        return escaped.Replace("://", "&#58;//").Replace("www.", "www&#46;").ToString();
    }

    /// <summary>The same, cut where it is longer than a reader of a table wants.</summary>
    public static string Escape(string text, int longest)
    {
        if (text.Length <= longest)
        {
            return Escape(text);
        }

        var cut = char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest;
        return Escape(text[..cut]) + "…";
    }

    /// <summary>For the inside of an HTML element, where Markdown is not read.</summary>
    public static string Html(string text) => Write(text, rune => rune.Value == '"' ? "&quot;" : null).ToString();

    /// <summary>For a terminal, where text must not be able to do more than be read.</summary>
    public static string Printable(string text) =>
        string.Concat(text.EnumerateRunes().Select(rune => Shown.IsVisible(rune) ? rune.ToString() : "·"));

    /// <param name="special">What stands for a character of its own syntax; null where it stands for itself.</param>
    private static StringBuilder Write(string text, Func<Rune, string?> special)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '\r' or '\n' or '\t' => escaped.Append(' '),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '&' => escaped.Append("&amp;"),
                // A zero-width space after it keeps a name from notifying its bearer.
                '@' => escaped.Append("@\u200b"),
                _ when special(rune) is { } other => escaped.Append(other),
                _ when !Shown.IsVisible(rune) => escaped.Append(CultureInfo.InvariantCulture, $"U+{rune.Value:X4}"),
                _ => escaped.Append(rune),
            };
        }

        return escaped;
    }
}
