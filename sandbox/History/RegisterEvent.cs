using System.Text.Json;
using System.Text.Json.Serialization;

namespace GitOpsOperator.Sandbox.History;

[JsonConverter(typeof(JsonStringEnumConverter<RegisterCall>))]
public enum RegisterCall
{
    Get,
    Put,

    /// <summary>A transaction: another value, if the key has the one that is expected.</summary>
    Swap,
}

[JsonConverter(typeof(JsonStringEnumConverter<RegisterOutcome>))]
public enum RegisterOutcome
{
    /// <summary>Logged before it is sent.</summary>
    Sent,

    /// <summary>Answered; of a swap: the key had the value that was expected.</summary>
    Ok,

    /// <summary>A swap that found another value.</summary>
    Other,

    /// <summary>etcd refused it before it did anything.</summary>
    Error,

    /// <summary>The answer never came: it may have been done, or be done later.</summary>
    Unknown,
}

/// <summary>One line of a history of keys that several clients read and write at the same time.</summary>
/// <param name="Number">Of the call.</param>
/// <param name="Expected">What a swap expects; null for a key that does not exist.</param>
/// <param name="Value">What a put or swap writes; what a get has read, null where the key did not exist.</param>
public sealed record RegisterEvent(
    long Number,
    string Key,
    RegisterCall Call,
    RegisterOutcome Outcome,
    string? Value = null,
    string? Expected = null
)
{
    private static readonly JsonSerializerOptions Compact = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public string ToLine() => JsonSerializer.Serialize(this, Compact);

    public static RegisterEvent Parse(string line) =>
        JsonSerializer.Deserialize<RegisterEvent>(line, Compact) ?? throw new JsonException($"Not a line of a history: {line}");
}
