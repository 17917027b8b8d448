using System.Globalization;
using System.Text.RegularExpressions;
using GitOpsOperator.Operator.Commands;
using GitOpsOperator.Reconcile.Commands;
using GitOpsOperator.TestKit;

namespace GitOpsOperator.Operator.Tests.Commands;

/// <summary>Scripts rely on the codes: the enum, every command's help and docs/cli.md say the same.</summary>
public sealed partial class ExitCodeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("exit-codes-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names => [.. CliReference.Commands.Select(command => command.Name)];

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>With UPDATE_DOCS=1 it writes the page instead.</summary>
    [Fact]
    public void The_documentation_says_what_the_commands_do()
    {
        var page = Checkout.File("docs", "cli.md");
        var text = CliReference.Write();
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            File.WriteAllText(page, text);
        }

        Assert.Equal(text, File.ReadAllText(page));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_help_of_a_command_and_the_table_name_the_same_codes(string name)
    {
        using var help = new StringWriter();
        Assert.Equal(0, await CommandLine.RunAsync([name, "--help"], Modules.Create, new() { Output = help }));

        // The help is wrapped to a terminal's width, so that a code may begin a line.
        var said = Said().Match(Blank().Replace(help.ToString(), " "));
        Assert.True(said.Success, $"{name} --help says no exit codes:\n{help}");
        var inHelp = said.Groups["code"].Captures.Select(code => int.Parse(code.Value, CultureInfo.InvariantCulture));
        Assert.Equal(InTable(name), inHelp);
    }

    [Fact]
    public void The_table_has_every_code_of_the_scheme_and_no_other() =>
        Assert.Equal(
            Enum.GetValues<ExitCode>().Select(code => (int)code),
            Row()
                .Matches(File.ReadAllText(Checkout.File("docs", "cli.md")))
                .Select(row => int.Parse(row.Groups["code"].Value, CultureInfo.InvariantCulture))
        );

    [Fact]
    public void The_scheme_is_kubectl_diffs_as_far_as_that_goes() =>
        Assert.Equal((0, 1, 2), ((int)ExitCode.Success, (int)ExitCode.Changes, (int)ExitCode.Error));

    [Theory]
    [Trait("starts", "processes")]
    [InlineData("plan", "--no-such-option"), InlineData("no-such-command"), InlineData("validate")]
    [InlineData("plan", "--config", "/no/such/config.yaml"), InlineData("diff", "--config", "/no/such/config.yaml")]
    [InlineData("sync", "--config", "/no/such/config.yaml"), InlineData("run", "--config", "/no/such/config.yaml")]
    [InlineData("explain", "etcd/orders", "--config", "/no/such/config.yaml"), InlineData("explain", "prometheus/k8s", "/no/such/folder")]
    [InlineData("snapshot", "orders"), InlineData("validate", "/no/such/folder")]
    public async Task What_could_not_be_done_is_an_error_and_never_a_result(params string[] arguments)
    {
        var (code, text) = await RunAsync(arguments);

        Assert.Equal((int)ExitCode.Error, code);
        Assert.NotEmpty(text);
        Assert.DoesNotContain("Unexpected error", text, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("starts", "processes")]
    [InlineData(3, 0), InlineData(0, 4)]
    public async Task Validation_ends_with_what_a_plan_of_the_same_documents_would_end_with(int size, int expected)
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder.FullName, "orders.yaml"),
            $$"""
            apiVersion: gitops-operator.dev/v1alpha1
            kind: EtcdCluster
            metadata: { name: orders }
            spec: { size: {{size}}, version: 3.5.16, storage: { size: 1Gi } }
            """,
            Token
        );

        Assert.Equal(expected, (await RunAsync("validate", _folder.FullName)).Code);
    }

    [Fact]
    public async Task What_nobody_thought_of_is_an_error_with_its_stack_trace()
    {
        var command = new OperatorCommand("fail", "Fails.", OperatorCommand.Exit(ExitCode.Success, "never"));
        command.SetAction((_, _) => throw new InvalidOperationException("not thought of"));

        Assert.Equal((int)ExitCode.Error, await command.Parse([]).InvokeAsync(cancellationToken: Token));
    }

    /// <summary>The examples for CI end well with a plan that can be merged, also with one that has to wait, and with no other.</summary>
    [Theory]
    [Trait("starts", "processes")]
    [InlineData("github-actions.yaml"), InlineData("gitlab-ci.yaml")]
    public async Task The_examples_for_CI_know_the_scheme(string example)
    {
        var content = await File.ReadAllTextAsync(Checkout.File("examples", "ci", example), Token);
        var verdict = Verdict().Match(content).Value.Replace("${{ steps.plan.outputs.code }}", "$code", StringComparison.Ordinal);
        foreach (var code in Enum.GetValues<ExitCode>())
        {
            var (ended, _) = await Programs.RunAsync("sh", ["-c", $"code={(int)code}; {verdict}"], "", Token);
            Assert.Equal((code, code is ExitCode.Success or ExitCode.Changes or ExitCode.Progressing), (code, ended == 0));
        }
    }

    private static int[] InTable(string name)
    {
        var page = File.ReadAllText(Checkout.File("docs", "cli.md"));
        return
        [
            .. Row()
                .Matches(page)
                .Where(row =>
                    row.Groups["commands"].Value == "every command"
                    || row.Groups["commands"].Value.Contains($"`{name}` ", StringComparison.Ordinal)
                )
                .Select(row => int.Parse(row.Groups["code"].Value, CultureInfo.InvariantCulture)),
        ];
    }

    /// <summary>The real program, as a script runs it.</summary>
    private static Task<(int Code, string Text)> RunAsync(params string[] arguments) =>
        Programs.RunAsync("dotnet", [Path.Combine(AppContext.BaseDirectory, "gitops-operator.dll"), .. arguments], "", Token);

    [GeneratedRegex(@"case \$(code|\{\{ steps).*?esac", RegexOptions.Singleline)]
    private static partial Regex Verdict();

    [GeneratedRegex(@"Exit code: ((?<code>\d) [^,.]+[,.] ?)+")]
    private static partial Regex Said();

    [GeneratedRegex(@"^\| (?<code>\d) \| [^|]+ \| (?<commands>[^|]+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();
}
