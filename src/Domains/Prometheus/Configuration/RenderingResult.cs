using System.Collections.Immutable;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <param name="Configuration">Null where a note refuses it.</param>
public sealed record RenderingResult(ConfigMapping? Configuration, ImmutableArray<RenderingNote> Notes)
{
    /// <summary>The values that it needs, be they there or not.</summary>
    public ImmutableArray<ValueUse> Uses { get; init; } = [];

    /// <summary>The file; null where it was refused.</summary>
    public string? Text => Configuration is null ? null : ConfigWriter.Write(Configuration);
}

/// <summary>Something that the author of a document has to know about what became of it.</summary>
/// <param name="Refuses">No configuration came of it.</param>
/// <param name="Job">The job or section that it is about.</param>
public sealed record RenderingNote(bool Refuses, string Job, string Message);
