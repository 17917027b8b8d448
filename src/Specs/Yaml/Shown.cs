using System.Globalization;
using System.Text;

namespace GitOpsOperator.Specs.Yaml;

/// <summary>
/// Text of a document, made fit for a message of one line: findings go to terminals, commits and pull requests, where line breaks,
/// escape sequences and direction marks would let a document forge what the operator says.
/// </summary>
public static class Shown
{
    public static string Quoted(string text) => $"\"{Of(text)}\"";

    public static string Of(string text, int longest = 60)
    {
        var shown = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length >= longest)
            {
                return shown.Append('…').ToString();
            }

            if (IsVisible(rune))
            {
                shown.Append(rune);
            }
            else
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:X4}}}");
            }
        }

        return shown.ToString();
    }

    public static bool IsVisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.Surrogate
                or UnicodeCategory.OtherNotAssigned
            );
}
