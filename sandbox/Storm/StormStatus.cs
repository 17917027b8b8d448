using k8s;

namespace GitOpsOperator.Sandbox.Storm;

/// <summary>What the operator says of the cluster on its status branch, as far as a person looks at it.</summary>
internal sealed class StormStatus
{
    public string Phase { get; set; } = "";

    public string Summary { get; set; } = "";

    public string Revision { get; set; } = "";

    public string? CurrentStep { get; set; }

    public Blocker? Blocked { get; set; }

    public IList<Member> Members { get; set; } = [];

    public static StormStatus Parse(string yaml) => KubernetesYaml.Deserialize<StormStatus>(yaml);

    /// <summary>In one line.</summary>
    public override string ToString() =>
        Blocked is { } blocked
            ? $"{Phase}, {blocked.Rule}: {blocked.Reason}"
            : $"{Phase}: {Summary}{(CurrentStep is null ? "" : $" ({CurrentStep})")}";

    internal sealed class Blocker
    {
        public string Rule { get; set; } = "";

        public string Reason { get; set; } = "";

        public string Remediation { get; set; } = "";
    }

    internal sealed class Member
    {
        public string Name { get; set; } = "";

        public string Role { get; set; } = "";

        public bool Healthy { get; set; }
    }
}
