using System.Text;
using System.Text.RegularExpressions;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>
/// Writes a configuration as plain YAML: block style, two spaces, text in double quotes only where another reading is possible. Equal trees
/// are equal bytes, so a digest of the text tells whether anything changed.
/// </summary>
internal static partial class ConfigWriter
{
    public static string Write(ConfigMapping configuration)
    {
        var text = new StringBuilder();
        WriteMapping(text, configuration, 0, startsInLine: false);
        return text.ToString();
    }

    private static void WriteMapping(StringBuilder text, ConfigMapping mapping, int indent, bool startsInLine)
    {
        foreach (var (key, value) in mapping)
        {
            text.Append(' ', startsInLine ? 0 : indent).Append(Scalar(key)).Append(':');
            startsInLine = false;
            WriteValue(text, value, indent);
        }
    }

    /// <summary>What stands after <c>key:</c>. Items of a list stand below their key without further indent.</summary>
    private static void WriteValue(StringBuilder text, ConfigNode value, int indent)
    {
        switch (value)
        {
            case ConfigMapping { Count: > 0 } mapping:
                text.Append('\n');
                WriteMapping(text, mapping, indent + 2, startsInLine: false);
                break;
            case ConfigSequence { Count: > 0 } sequence:
                text.Append('\n');
                WriteSequence(text, sequence, indent, startsInLine: false);
                break;
            default:
                text.Append(' ').Append(Inline(value)).Append('\n');
                break;
        }
    }

    private static void WriteSequence(StringBuilder text, ConfigSequence sequence, int indent, bool startsInLine)
    {
        foreach (var item in sequence)
        {
            text.Append(' ', startsInLine ? 0 : indent).Append("- ");
            startsInLine = false;
            switch (item)
            {
                case ConfigMapping { Count: > 0 } mapping:
                    WriteMapping(text, mapping, indent + 2, startsInLine: true);
                    break;
                case ConfigSequence { Count: > 0 } nested:
                    WriteSequence(text, nested, indent + 2, startsInLine: true);
                    break;
                default:
                    text.Append(Inline(item)).Append('\n');
                    break;
            }
        }
    }

    private static string Inline(ConfigNode value) =>
        value switch
        {
            ConfigScalar { IsText: true } scalar => Scalar(scalar.Text),
            ConfigScalar scalar => scalar.Text,
            ConfigMapping => "{}",
            _ => "[]",
        };

    private static string Scalar(string text) => IsPlain(text) ? text : Quoted(text);

    private static bool IsPlain(string text) =>
        Plain().IsMatch(text)
        && !text.Contains(": ", StringComparison.Ordinal)
        && !text.Contains(" #", StringComparison.Ordinal)
        && text[^1] is not (':' or ' ')
        && !OtherType().IsMatch(text);

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var letter in text)
        {
            quoted.Append(
                letter switch
                {
                    '"' => "\\\"",
                    '\\' => "\\\\",
                    '\n' => "\\n",
                    '\r' => "\\r",
                    '\t' => "\\t",
                    < ' ' or (>= '\u007f' and < '\u00a0') or '\u2028' or '\u2029' or '\ufeff' => $"\\u{(int)letter:X4}",
                    _ => letter.ToString(),
                }
            );
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>No sign that YAML gives a meaning at the start of a scalar, and nothing but printable ASCII.</summary>
    [GeneratedRegex(@"\A[A-Za-z0-9_./$(+\\;^~<=-][\x20-\x7e]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();

    /// <summary>
    /// Null, a boolean, a number, a time or an operator to YAML 1.1 or 1.2. Wider than either: quotes too many do no harm.
    /// </summary>
    [GeneratedRegex(
        @"\A(?:~|null|Null|NULL|[yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|true|True|TRUE|false|False|FALSE"
            + @"|[-=<]|<<|---.*|-\s.*|\.{3}.*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
            + @"|[-+]?[.0-9][0-9_.:eExXoObBa-fA-F+-]*(?:[Tt ][0-9:.Zz+ -]*)?)\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex OtherType();
}
