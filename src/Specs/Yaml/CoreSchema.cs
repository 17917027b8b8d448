using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace GitOpsOperator.Specs.Yaml;

public enum ScalarType
{
    Text,
    Null,
    Boolean,
    Integer,
    Number,
}

/// <summary>What a plain scalar is by YAML 1.2's core schema (https://yaml.org/spec/1.2.2/#1032-tag-resolution).</summary>
public static partial class CoreSchema
{
    public static ScalarType TypeOf(string text) =>
        text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => ScalarType.Null,
            "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => ScalarType.Boolean,
            _ when text.Length > 100 => ScalarType.Text,
            _ when Integer().IsMatch(text) => ScalarType.Integer,
            _ when Number().IsMatch(text) => ScalarType.Number,
            _ => ScalarType.Text,
        };

    /// <summary>
    /// Text here, but a boolean or another number to YAML 1.1, which kubectl and most editors' plugins read: <c>on</c>, <c>010</c>.
    /// </summary>
    public static bool IsAmbiguous(string text) => text.Length <= 100 && Ambiguous().IsMatch(text);

    /// <summary>The value of a scalar whose type is <see cref="ScalarType.Integer"/>.</summary>
    public static BigInteger IntegerOf(string text) =>
        text switch
        {
            ['0', 'x', .. var digits] => BigInteger.Parse("0" + digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            ['0', 'o', .. var digits] => digits.Aggregate(BigInteger.Zero, (value, digit) => (value * 8) + (digit - '0')),
            _ => BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
        };

    [GeneratedRegex(@"\A(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Integer();

    [GeneratedRegex(
        @"\A(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Number();

    [GeneratedRegex(
        @"\A(?:y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF|[-+]?0[0-9]+|[-+]?[0-9][0-9_]*_[0-9_]*|[-+]?[0-9]+(?::[0-5]?[0-9])+)\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Ambiguous();
}
