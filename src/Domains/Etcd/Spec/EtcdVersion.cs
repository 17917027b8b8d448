using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace GitOpsOperator.Domains.Etcd.Spec;

/// <summary>A release of etcd: <c>3.5.16</c>, or <c>v3.5.16</c> when read. Pre-releases are not taken.</summary>
[JsonConverter(typeof(EtcdVersionJsonConverter))]
public readonly partial record struct EtcdVersion(int Major, int Minor, int Patch) : IComparable<EtcdVersion>
{
    public static bool TryParse([NotNullWhen(true)] string? text, out EtcdVersion version)
    {
        version = default;
        if (text is null || Pattern().Match(text) is not { Success: true } match)
        {
            return false;
        }

        version = new(Number(match.Groups[1]), Number(match.Groups[2]), Number(match.Groups[3]));
        return true;

        static int Number(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);
    }

    public override string ToString() => $"{Major}.{Minor}.{Patch}";

    public int CompareTo(EtcdVersion other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));

    public static bool operator <(EtcdVersion left, EtcdVersion right) => left.CompareTo(right) < 0;

    public static bool operator <=(EtcdVersion left, EtcdVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >(EtcdVersion left, EtcdVersion right) => left.CompareTo(right) > 0;

    public static bool operator >=(EtcdVersion left, EtcdVersion right) => left.CompareTo(right) >= 0;

    [GeneratedRegex(@"\Av?(0|[1-9][0-9]{0,4})\.(0|[1-9][0-9]{0,4})\.(0|[1-9][0-9]{0,4})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}

internal sealed class EtcdVersionJsonConverter : JsonConverter<EtcdVersion>
{
    public override EtcdVersion Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        EtcdVersion.TryParse(reader.GetString(), out var version)
            ? version
            : throw new JsonException("Not a version of etcd, such as 3.5.16");

    public override void Write(Utf8JsonWriter writer, EtcdVersion value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
