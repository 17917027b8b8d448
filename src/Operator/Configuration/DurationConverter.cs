using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace GitOpsOperator.Operator.Configuration;

/// <summary>Durations as Kubernetes' users write them: <c>500ms</c>, <c>10s</c>, <c>5m</c>, <c>1h30m</c>.</summary>
internal sealed partial class DurationConverter : IYamlTypeConverter
{
    public bool Accepts(Type type) => type == typeof(TimeSpan);

    public object ReadYaml(IParser parser, Type type, ObjectDeserializer rootDeserializer)
    {
        var scalar = parser.Consume<Scalar>();
        return TryParse(scalar.Value, out var duration)
            ? duration
            : throw new YamlException(
                scalar.Start,
                scalar.End,
                $"'{scalar.Value}' is no duration; write for example 500ms, 10s, 5m or 1h30m"
            );
    }

    public void WriteYaml(IEmitter emitter, object? value, Type type, ObjectSerializer serializer) =>
        throw new NotSupportedException("Configuration is only read");

    internal static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var match = Pattern().Match(text);
        if (!match.Success || text.Length == 0)
        {
            return false;
        }

        duration =
            Part("h", TimeSpan.FromHours(1))
            + Part("m", TimeSpan.FromMinutes(1))
            + Part("s", TimeSpan.FromSeconds(1))
            + Part("ms", TimeSpan.FromMilliseconds(1));
        return true;

        TimeSpan Part(string unit, TimeSpan size) =>
            match.Groups[unit] is { Success: true } group ? size * int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : TimeSpan.Zero;
    }

    [GeneratedRegex(@"\A(?:(?<h>[0-9]{1,4})h)?(?:(?<m>[0-9]{1,6})m)?(?:(?<s>[0-9]{1,7})s)?(?:(?<ms>[0-9]{1,7})ms)?\z")]
    private static partial Regex Pattern();
}
