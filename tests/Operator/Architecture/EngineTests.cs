using System.Reflection;
using System.Text.RegularExpressions;
using GitOpsOperator.Reconcile.Steps;
using GitOpsOperator.TestKit;

namespace GitOpsOperator.Operator.Tests.Architecture;

/// <summary>What holds the engine and its domains apart, and each step together; read from the sources and the built program.</summary>
public sealed partial class EngineTests
{
    /// <summary>Below the domains, by folder of src.</summary>
    private static readonly string[] Generic = ["Specs", "Drift", "Sync", "Reconcile"];

    /// <summary>
    /// Of the program two files may: the list of modules, and the status branch, where the files of one domain are named as before there
    /// was a second, since people and scripts point at them.
    /// </summary>
    private static readonly string[] MayName = ["Modules.cs", "StatusFiles.cs"];

    public static TheoryData<string, string> Projects =>
        new()
        {
            { "Specs", "GitOpsOperator.Specs" },
            { "Drift", "GitOpsOperator.Drift" },
            { "Sync", "GitOpsOperator.Sync" },
            { "Reconcile", "GitOpsOperator.Reconcile" },
            { Path.Combine("Domains", "Etcd"), "GitOpsOperator.Domains.Etcd" },
            { Path.Combine("Domains", "Prometheus"), "GitOpsOperator.Domains.Prometheus" },
        };

    public static TheoryData<string> Steps => [.. StepTypes.Select(step => $"{step.DeclaringType!.Name}.{step.Name}")];

    private static IReadOnlyList<Type> StepTypes { get; } =
    [
        .. Modules
            .Create()
            .SelectMany(module => module.GetType().Assembly.GetTypes())
            .Where(type => !type.IsAbstract && type.GetInterfaces().Any(IsStep))
            .OrderBy(type => type.FullName, StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_of_a_project_have_no_cycle(string project, string rootNamespace)
    {
        var cycle = SourceFolders.CycleIn(SourceFolders.Uses(project, rootNamespace));

        Assert.True(cycle is null, $"a cycle: {string.Join(" → ", cycle ?? [])}");
    }

    [Fact]
    public void Generic_code_names_no_domain()
    {
        var domains = Modules.Create().Select(module => module.Kinds[0].Domain).ToArray();
        Assert.Equal(["etcd", "prometheus"], domains);
        var sources = Checkout.File("src");
        var naming = Generic
            .Append("Operator")
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(sources, folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !MayName.Contains(Path.GetFileName(file)))
            .SelectMany(file =>
                Code(File.ReadAllText(file))
                    .Split('\n')
                    .Where(line => domains.Any(domain => line.Contains(domain, StringComparison.OrdinalIgnoreCase)))
                    .Where(line => !Exporter().IsMatch(line))
                    .Select(line => $"{Path.GetRelativePath(sources, file)}: {line.Trim()}")
            );

        Assert.Empty(naming);
    }

    [Fact]
    public void Every_domain_has_steps() =>
        Assert.Equal(Modules.Create().Length, StepTypes.Select(step => step.Assembly).Distinct().Count());

    /// <summary>Its description, its execution and its effect on the model stand with it, and each step has a file of its own.</summary>
    [Theory]
    [MemberData(nameof(Steps))]
    public void A_step_is_one_file_with_all_its_parts(string name)
    {
        var step = StepTypes.Single(type => $"{type.DeclaringType!.Name}.{type.Name}" == name);

        Assert.All(
            ["Describe", "ExecuteAsync", "ApplyTo"],
            part =>
                Assert.NotNull(
                    step.GetMethod(part, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                )
        );
        var project = step.Assembly.GetName().Name!.Split('.')[^1];
        var file = Checkout.File("src", "Domains", project, "Steps", $"{step.Name}.cs");
        Assert.Contains($"sealed record {step.Name}", File.ReadAllText(file), StringComparison.Ordinal);
    }

    private static bool IsStep(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IStep<>);

    /// <summary>Without comments.</summary>
    private static string Code(string text) => Comment().Replace(text, "");

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    /// <summary>The format of metrics is named after a domain, and an example in a help text is not code.</summary>
    [GeneratedRegex("AddPrometheusExporter|MapPrometheusScrapingEndpoint|such as etcd/orders|as in etcd/orders")]
    private static partial Regex Exporter();
}
