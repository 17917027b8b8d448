using System.Text.Json;

namespace GitOpsOperator.Operator.Tests;

/// <summary>The sandbox and the demo know the operator as a program to be started. The other way round they would be in everybody's
/// image.</summary>
public sealed class ProgramContentsTests
{
    [Fact]
    public void The_program_is_made_of_its_own_projects_and_of_nothing_of_sandbox_or_tests()
    {
        using var dependencies = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "gitops-operator.deps.json")));
        var projects = dependencies
            .RootElement.GetProperty("libraries")
            .EnumerateObject()
            .Where(library => library.Value.GetProperty("type").GetString() == "project")
            .Select(library => library.Name.Split('/')[0])
            .ToList();

        Assert.Contains("GitOpsOperator.Reconcile", projects);
        var sources = Directory
            .EnumerateFiles(TestKit.Checkout.File("src"), "*.csproj", SearchOption.AllDirectories)
            .Select(path => $"GitOpsOperator.{Path.GetFileNameWithoutExtension(path)}")
            .Append("gitops-operator");
        Assert.Empty(projects.Except(sources));
    }
}
