using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace GitOpsOperator.Sync;

/// <summary>
/// Takes secrets out of text that came from elsewhere: a library, a server, a child process. Every message of an error
/// passes through here once, where it enters this room, so nothing further along has to think of it.
/// </summary>
internal sealed partial class Redaction
{
    public const string Mark = "(redacted)";

    private const int MaxMessageLength = 600;

    private readonly string[] _secrets;

    /// <param name="username">Needed because the two are sent together, encoded as one word.</param>
    public Redaction(string username, string? token)
    {
        // A word of one or two letters would blot out the whole text and is no secret.
        _secrets = token is not { Length: > 2 }
            ? []
            : [.. Forms(username, token).Distinct(StringComparer.Ordinal).OrderByDescending(form => form.Length)];
    }

    public static Redaction WithoutSecret { get; } = new("", null);

    public string Apply(string text)
    {
        foreach (var secret in _secrets)
        {
            text = text.Replace(secret, Mark, StringComparison.OrdinalIgnoreCase);
        }

        return Printable(UserInfo().Replace(text, $"${{scheme}}{Mark}@"));
    }

    /// <summary>One line without control characters, cut where it grows past what a message needs.</summary>
    public static string Printable(string text)
    {
        var line = new StringBuilder(Math.Min(text.Length, MaxMessageLength));
        foreach (var rune in text.EnumerateRunes())
        {
            if (line.Length >= MaxMessageLength)
            {
                return line.Append('…').ToString();
            }

            line.Append(IsUnsafe(rune) ? " " : rune.ToString());
        }

        return line.ToString().Trim();
    }

    // Bidirectional controls are "format" characters: they let a server write a message that reads as another one.
    private static bool IsUnsafe(Rune rune) =>
        Rune.IsControl(rune)
        || Rune.GetUnicodeCategory(rune)
            is System.Globalization.UnicodeCategory.Format
                or System.Globalization.UnicodeCategory.LineSeparator
                or System.Globalization.UnicodeCategory.ParagraphSeparator;

    private static IEnumerable<string> Forms(string username, string token)
    {
        yield return token;
        yield return Uri.EscapeDataString(token);
        yield return JsonEncodedText.Encode(token).Value;
        foreach (var word in (string[])[$"{username}:{token}", token])
        {
            // Without the padding, so that a cut or differently padded copy is found as well.
            yield return Convert.ToBase64String(Encoding.UTF8.GetBytes(word)).TrimEnd('=');
        }
    }

    [GeneratedRegex(@"(?<scheme>[A-Za-z][A-Za-z0-9+.-]*://)[^/@\s]+@", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex UserInfo();
}
