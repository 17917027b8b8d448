using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace GitOpsOperator.Demo;

/// <summary>What a demo reads of a status file, as any other program might.</summary>
internal sealed class StatusFile
{
    public string Phase { get; set; } = "";

    public string Summary { get; set; } = "";

    public string Revision { get; set; } = "";

    public string? CurrentStep { get; set; }

    public IList<Member> Members { get; set; } = [];

    public IList<Condition> Conditions { get; set; } = [];

    public Blocker? Blocked { get; set; }

    public IList<string> Findings { get; set; } = [];

    public int HealthyVoters => Members.Count(member => member is { Healthy: true, Role: "leader" or "voter" });

    public static StatusFile Parse(string yaml) =>
        new DeserializerBuilder()
            .WithNamingConvention(CamelCaseNamingConvention.Instance)
            .IgnoreUnmatchedProperties()
            .Build()
            .Deserialize<StatusFile>(yaml);

    internal sealed class Member
    {
        public string Name { get; set; } = "";

        public string Role { get; set; } = "";

        public bool Healthy { get; set; }
    }

    internal sealed class Condition
    {
        public string Type { get; set; } = "";

        public string Message { get; set; } = "";
    }

    internal sealed class Blocker
    {
        public string Rule { get; set; } = "";

        public string Remediation { get; set; } = "";

        public string Reason { get; set; } = "";
    }
}
