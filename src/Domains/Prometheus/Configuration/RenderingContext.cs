using System.Collections.Immutable;
using GitOpsOperator.Domains.Prometheus.Spec;
using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>What every part of the rendering needs to know, and where it leaves its notes. One for one rendering.</summary>
internal sealed class RenderingContext(RenderingInput input)
{
    private readonly List<RenderingNote> _notes = [];
    private readonly List<ValueUse> _uses = [];

    public RenderingInput Input => input;

    public SpecNode Spec => input.Spec;

    public PrometheusVersion Version => input.Version;

    /// <summary>The job or section that is being rendered, for notes.</summary>
    public string Job { get; set; } = "";

    /// <summary>At least 1.</summary>
    public long Shards => Math.Max(1, Spec["shards"].WholeNumber ?? 1);

    public bool IsRefused => _notes.Exists(note => note.Refuses);

    public ImmutableArray<RenderingNote> Notes => [.. _notes];

    public ImmutableArray<ValueUse> Uses => [.. _uses];

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

    public string? Secret(string space, SpecNode selector) => Value(isSecret: true, space, selector);

    public string? ConfigMap(string space, SpecNode selector) => Value(isSecret: false, space, selector);

    /// <summary>A field that names either: <c>{secret: …}</c> or <c>{configMap: …}</c>.</summary>
    public string? SecretOrConfigMap(string space, SpecNode choice) =>
        choice["secret"].Exists ? Secret(space, choice["secret"]) : ConfigMap(space, choice["configMap"]);

    /// <summary>
    /// A file beside the configuration that holds a value; it is named as upstream does, so that a pod's mounts stay as they are.
    /// </summary>
    public string File(bool isSecret, string space, SpecNode selector)
    {
        var reference = Reference(isSecret, space, selector);
        var name = $"{(isSecret ? 0 : 1)}_{space}_{reference.Name}_{reference.Key}";
        _uses.Add(new(Job, reference, name));
        return name;
    }

    private string? Value(bool isSecret, string space, SpecNode selector)
    {
        var reference = Reference(isSecret, space, selector);
        _uses.Add(new(Job, reference, null));
        var value = input.Values.Find(reference);
        if (value is null)
        {
            Warn($"{reference} is missing");
        }

        return value;
    }

    private static ValueReference Reference(bool isSecret, string space, SpecNode selector) =>
        new(isSecret, space, selector["name"].Text ?? "", selector["key"].Text ?? "");
}
