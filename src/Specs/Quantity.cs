using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace GitOpsOperator.Specs;

/// <summary>
/// A quantity of Kubernetes (<c>1Gi</c>, <c>500m</c>, <c>1e3</c>): compared by value (<c>1000m</c> equals <c>1</c>), printed as written.
/// See https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/.
/// </summary>
[JsonConverter(typeof(QuantityJsonConverter))]
public readonly partial record struct Quantity : IComparable<Quantity>
{
    private static readonly BigInteger NanosPerUnit = 1_000_000_000;

    private readonly string? _text;
    private readonly BigInteger _nanos;

    private Quantity(string text, BigInteger nanos)
    {
        _text = text;
        _nanos = nanos;
    }

    /// <summary>The value in whole units (bytes for storage), rounded away from zero as Kubernetes does.</summary>
    public BigInteger Units => (_nanos + ((NanosPerUnit - 1) * _nanos.Sign)) / NanosPerUnit;

    public bool IsPositive => _nanos.Sign > 0;

    /// <summary>The value as a floating-point number, the nearest there is.</summary>
    public double Approximate => (double)_nanos / 1e9;

    public static bool TryParse([NotNullWhen(true)] string? text, out Quantity quantity)
    {
        quantity = default;
        if (text is null || text.Length > 32 || Pattern().Match(text) is not { Success: true } match)
        {
            return false;
        }

        var (factor, divisor) = Scale(match.Groups["suffix"].Value);
        var whole = match.Groups["whole"].Value;
        var fraction = match.Groups["fraction"].Value;
        if (whole.Length + fraction.Length == 0)
        {
            return false;
        }

        var scaled = BigInteger.Parse("0" + whole + fraction, CultureInfo.InvariantCulture) * factor * NanosPerUnit;
        divisor *= BigInteger.Pow(10, fraction.Length);
        var nanos = BigInteger.DivRem(scaled, divisor, out var remainder) + (remainder.IsZero ? 0 : 1);
        quantity = new(text, match.Groups["sign"].Value == "-" ? -nanos : nanos);
        return true;
    }

    public override string ToString() => _text ?? "0";

    public bool Equals(Quantity other) => _nanos == other._nanos;

    public override int GetHashCode() => _nanos.GetHashCode();

    public int CompareTo(Quantity other) => _nanos.CompareTo(other._nanos);

    public static bool operator <(Quantity left, Quantity right) => left.CompareTo(right) < 0;

    public static bool operator <=(Quantity left, Quantity right) => left.CompareTo(right) <= 0;

    public static bool operator >(Quantity left, Quantity right) => left.CompareTo(right) > 0;

    public static bool operator >=(Quantity left, Quantity right) => left.CompareTo(right) >= 0;

    private static (BigInteger Factor, BigInteger Divisor) Scale(string suffix) =>
        suffix switch
        {
            "" => (1, 1),
            "n" => (1, BigInteger.Pow(10, 9)),
            "u" => (1, BigInteger.Pow(10, 6)),
            "m" => (1, 1000),
            "k" => (1000, 1),
            "Ki" => (1024, 1),
            [var letter] => (BigInteger.Pow(1000, "kMGTPE".IndexOf(letter, StringComparison.Ordinal) + 1), 1),
            [var letter, 'i'] => (BigInteger.Pow(1024, "KMGTPE".IndexOf(letter, StringComparison.Ordinal) + 1), 1),
            ['e' or 'E', .. var exponent] => Exponent(int.Parse(exponent, CultureInfo.InvariantCulture)),
            _ => throw new InvalidOperationException($"The pattern let suffix '{suffix}' through"),
        };

    private static (BigInteger Factor, BigInteger Divisor) Exponent(int exponent) =>
        exponent >= 0 ? (BigInteger.Pow(10, exponent), 1) : (1, BigInteger.Pow(10, -exponent));

    [GeneratedRegex(
        @"\A(?<sign>[+-]?)(?<whole>[0-9]*)(?:\.(?<fraction>[0-9]*))?(?<suffix>[numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,2})?\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Pattern();
}

public sealed class QuantityJsonConverter : JsonConverter<Quantity>
{
    public override Quantity Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Quantity.TryParse(reader.GetString(), out var quantity) ? quantity : throw new JsonException("Not a quantity, such as 1Gi or 500m");

    public override void Write(Utf8JsonWriter writer, Quantity value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
