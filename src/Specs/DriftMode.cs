using System.Text.Json.Serialization;

namespace GitOpsOperator.Specs;

/// <summary>What is done where the live cluster was changed and git was not.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DriftMode>))]
public enum DriftMode
{
    /// <summary>Live is brought back to what git says.</summary>
    Correct,

    /// <summary>It is reported and left; changes of git are still carried out.</summary>
    Report,
}
