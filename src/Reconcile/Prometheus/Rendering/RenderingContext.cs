using System.Collections.Immutable;
using GitOpsOperator.Specs.Prometheus;

namespace GitOpsOperator.Reconcile.Prometheus.Rendering;

/// <summary>What every part of the rendering needs to know, and where it leaves its notes. One for one rendering.</summary>
internal sealed class RenderingContext(RenderingInput input)
{
    private readonly List<RenderingNote> _notes = [];

    public RenderingInput Input => input;

    public SpecNode Spec => input.Spec;

    public PrometheusVersion Version => input.Version;

    /// <summary>The job or section that is being rendered, for notes.</summary>
    public string Job { get; set; } = "";

    /// <summary>At least 1.</summary>
    public long Shards => Math.Max(1, Spec["shards"].WholeNumber ?? 1);

    public bool IsRefused => _notes.Exists(note => note.Refuses);

    public ImmutableArray<RenderingNote> Notes => [.. _notes];

    public void Warn(string message) => _notes.Add(new(Refuses: false, Job, message));

    public void Refuse(string message) => _notes.Add(new(Refuses: true, Job, message));

    /// <summary>Whether this Prometheus knows it; a note tells where not.</summary>
    public bool Admits(VersionGate gate)
    {
        if (input.Options.IgnoreVersions || gate.Admits(Version))
        {
            return true;
        }

        Warn($"{gate.Name} is left out: Prometheus {Version} does not know it, {gate.Range} do");
        return false;
    }

    public string? Secret(string space, SpecNode selector) => Value("Secret", input.Values.Secret, space, selector);

    public string? ConfigMap(string space, SpecNode selector) => Value("ConfigMap", input.Values.ConfigMap, space, selector);

    /// <summary>A field that names either: <c>{secret: …}</c> or <c>{configMap: …}</c>.</summary>
    public string? SecretOrConfigMap(string space, SpecNode choice) =>
        choice["secret"].Exists ? Secret(space, choice["secret"]) : ConfigMap(space, choice["configMap"]);

    private string? Value(string kind, Func<ValueReference, string?> find, string space, SpecNode selector)
    {
        var reference = new ValueReference(space, selector["name"].Text ?? "", selector["key"].Text ?? "");
        var value = find(reference);
        if (value is null)
        {
            Warn($"{kind} {reference} is missing");
        }

        return value;
    }
}
