using System.Text.RegularExpressions;
using System.Xml.Linq;
using GitOpsOperator.Operator.Commands;
using GitOpsOperator.TestKit;

namespace GitOpsOperator.Operator.Tests.Commands;

/// <summary>The version is written in Directory.Build.props, and everything else that says one agrees.</summary>
public sealed partial class VersionTests
{
    private static string Version { get; } = XDocument.Load(Checkout.File("Directory.Build.props")).Descendants("Version").Single().Value;

    [Fact]
    public async Task The_program_prints_it()
    {
        var output = new StringWriter();

        var code = await RootCommandFactory
            .Create(Modules.Create)
            .Parse(["--version"])
            .InvokeAsync(new() { Output = output }, TestContext.Current.CancellationToken);

        Assert.Equal(0, code);
        // The assembly that is executed is the tests' own, and is built with the same version.
        Assert.Equal(Version, output.ToString().Trim().Split('+')[0]);
    }

    [Fact]
    public void The_newest_release_in_the_changelog_is_not_newer()
    {
        var released = Release().Matches(File.ReadAllText(Checkout.File("CHANGELOG.md"))).Select(match => match.Groups[1].Value);

        Assert.All(released, release => Assert.True(System.Version.Parse(release) <= System.Version.Parse(Version), release));
    }

    [Fact]
    public void No_project_has_one_of_its_own()
    {
        var own = Directory
            .EnumerateFiles(Checkout.Root, "*.csproj", SearchOption.AllDirectories)
            .Where(file => OwnVersion().IsMatch(File.ReadAllText(file)));

        Assert.Empty(own);
    }

    [Fact]
    public void The_image_that_deploy_names_is_the_one_that_is_built()
    {
        var built = BuiltImage().Match(File.ReadAllText(Checkout.File("scripts", "image.sh"))).Groups[1].Value;
        var deployed = DeployedImage().Match(File.ReadAllText(Checkout.File("deploy", "kustomization.yaml")));

        Assert.Equal(built, $"{deployed.Groups[1].Value}:{deployed.Groups[2].Value}");
    }

    [GeneratedRegex(@"^## \[?(\d+\.\d+\.\d+)", RegexOptions.Multiline)]
    private static partial Regex Release();

    [GeneratedRegex("<(Assembly|Informational|File|Package)?Version(Prefix)?>")]
    private static partial Regex OwnVersion();

    [GeneratedRegex(@"image=\$\{IMAGE:-([^}]+)\}")]
    private static partial Regex BuiltImage();

    [GeneratedRegex(@"newName: (\S+)\s+newTag: (\S+)")]
    private static partial Regex DeployedImage();
}
