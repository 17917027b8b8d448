using System.CommandLine;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using GitOpsOperator.Operator.Commands;
using GitOpsOperator.Reconcile.Commands;

namespace GitOpsOperator.Operator.Tests.Commands;

/// <summary>Writes docs/cli.md from the commands themselves: their descriptions, arguments, options and exit codes.</summary>
internal static partial class CliReference
{
    /// <summary>The sandbox's commands are the sandbox's own, with codes of their own.</summary>
    public static IEnumerable<Command> Commands => RootCommandFactory.Create(Modules.Create).Subcommands;

    public static string Write()
    {
        var text = new StringBuilder(
            """
            # The command line

            `gitops-operator COMMAND --help` says the same as this page, which is generated from the code: a test compares them.

            ## Exit codes

            One scheme for all commands. Up to 2 it is that of `kubectl diff`; whatever is not 0 is for somebody to look at.

            | code | meaning | commands |
            |---|---|---|

            """
        );
        foreach (var code in Enum.GetValues<ExitCode>())
        {
            var users = Commands
                .Cast<OperatorCommand>()
                .Where(command => command.Exits.ContainsKey(code))
                .Select(command => $"`{command.Name}` {command.Exits[code]}");
            text.Append($"| {(int)code} | {Meaning(code)} | {(code == ExitCode.Error ? "every command" : string.Join("; ", users))} |\n");
        }

        text.Append("\nA command that a signal ends before it could stop by itself ends with 128 and the signal's number, as usual.\n");
        foreach (var command in Commands)
        {
            Section(text, command);
        }

        return text.ToString();
    }

    private static void Section(StringBuilder text, Command command)
    {
        var arguments = command.Arguments.Select(argument =>
            argument.Arity.MinimumNumberOfValues == 0 ? $"[{Upper(argument.Name)}]" : Upper(argument.Name)
        );
        text.Append(
            $"\n## `{string.Join(' ', ["gitops-operator", command.Name, .. arguments])}`\n\n{((OperatorCommand)command).Text.Trim()}\n"
        );
        if (command.Arguments.Count + command.Options.Count == 0)
        {
            return;
        }

        text.Append("\n| argument or option | meaning |\n|---|---|\n");
        foreach (var argument in command.Arguments)
        {
            text.Append($"| `{Upper(argument.Name)}` | {Cell(argument.Description)} |\n");
        }

        foreach (var option in command.Options)
        {
            text.Append(
                $"| {string.Join(", ", ((string[])[option.Name, .. option.Aliases]).Select(name => $"`{name}`"))} | "
                    + $"{Cell(option.Description)} |\n"
            );
        }
    }

    private static string Meaning(ExitCode code) => Blank().Replace(Comments[$"F:{typeof(ExitCode).FullName}.{code}"].Value, " ").Trim();

    private static Dictionary<string, XElement> Comments { get; } =
        XDocument
            .Load(Path.ChangeExtension(typeof(ExitCode).Assembly.Location, "xml"))
            .Descendants("member")
            .ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("summary")!);

    private static string Upper(string name) => name.ToUpperInvariant();

    private static string Cell(string? text) => (text ?? "").Replace("|", "\\|", StringComparison.Ordinal);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();
}
