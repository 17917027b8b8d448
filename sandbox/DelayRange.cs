using System.Globalization;

namespace GitOpsOperator.Sandbox;

/// <summary>How long something takes: a time is drawn from it each time.</summary>
public sealed record DelayRange(TimeSpan From, TimeSpan To)
{
    /// <summary>At once.</summary>
    public static readonly DelayRange None = new(TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>From seconds, as <c>20</c>, or a range of them, as <c>1-120</c>; null where it is neither.</summary>
    public static DelayRange? Parse(string text)
    {
        var parts = text.Split('-');
        return parts.Length is 1 or 2 && Seconds(parts[0]) is { } from && Seconds(parts[^1]) is { } to && from <= to ? new(from, to) : null;
    }

    /// <summary>One of the times that it may take.</summary>
    public TimeSpan Draw() => From + ((To - From) * Random.Shared.NextDouble());

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{From.TotalSeconds}-{To.TotalSeconds}");

    private static TimeSpan? Seconds(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds <= 86_400
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
