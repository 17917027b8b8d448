using System.Text.Json;
using System.Text.Json.Serialization;

namespace GitOpsOperator.Sandbox.History;

/// <summary>What is known of a put once its call has ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PutOutcome>))]
public enum PutOutcome
{
    /// <summary>Logged before it is sent; the call has not ended.</summary>
    Sent,

    /// <summary>etcd acknowledged it: from now on it must be found.</summary>
    Ok,

    /// <summary>etcd refused it: it was not written.</summary>
    Error,

    /// <summary>The answer never came: it may or may not have been written.</summary>
    Unknown,
}

/// <summary>One line of a history file.</summary>
/// <param name="Number">Of the put; its key and value derive from it.</param>
/// <param name="At">Milliseconds since the Unix epoch, so that other processes can place their own events.</param>
/// <param name="Revision">etcd's revision after the put, where acknowledged.</param>
public sealed record PutEvent(long Number, long At, PutOutcome Outcome, long? Revision = null, string? Detail = null)
{
    private static readonly JsonSerializerOptions Compact = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public string ToLine() => JsonSerializer.Serialize(this, Compact);

    public static PutEvent Parse(string line) =>
        JsonSerializer.Deserialize<PutEvent>(line, Compact) ?? throw new JsonException($"Not a line of a history: {line}");
}
