using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using GitOpsOperator.Operator.Configuration;
using GitOpsOperator.Reconcile.Modules;

namespace GitOpsOperator.Operator.Tests.Configuration;

/// <summary>Writes docs/configuration.md from the configuration's types: their names, defaults and doc comments.</summary>
internal sealed partial class ConfigurationReference
{
    private const string Root = "operator";

    private static readonly ImmutableArray<DomainOptions> Domains =
    [
        .. new OperatorConfiguration().Modules.Select(module => module.Options).OfType<DomainOptions>(),
    ];

    private static readonly Dictionary<string, XElement> Comments = Domains
        .Select(domain => domain.Values.GetType())
        .Append(typeof(OperatorConfiguration))
        .SelectMany(type => XDocument.Load(Path.ChangeExtension(type.Assembly.Location, "xml")).Descendants("member"))
        .Where(member => member.Element("summary") is not null)
        .DistinctBy(member => member.Attribute("name")!.Value)
        .ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("summary")!);

    private readonly StringBuilder _text = new();
    private readonly Queue<(string Path, Type Type, object Defaults)> _pending = new();

    public static string Write()
    {
        var reference = new ConfigurationReference();
        reference._text.Append(
            """
            # Configuration

            The operator reads one YAML file, named by `--config`; in `deploy/` it is `config.yaml`. A name that is not known here is
            refused at the start, with its line; so is every value that cannot be used, all of them at once. Durations are written as
            `30s`, `5m`, `1h`. The environment variables `GITOPS_OPERATOR_ID`, `GITOPS_OPERATOR_KUBECONFIG` and
            `GITOPS_OPERATOR_STATE_DIRECTORY` win over the file, flags of a command over both.

            This page is generated from the code: a test compares them.


            """
        );
        reference._pending.Enqueue((Root, typeof(OperatorConfiguration), new OperatorConfiguration()));
        while (reference._pending.TryDequeue(out var section))
        {
            reference.Section(section.Path, section.Type, section.Defaults);
        }

        return reference._text.ToString().TrimEnd('\n') + "\n";
    }

    private void Section(string path, Type type, object defaults)
    {
        _text.Append(
            $"## {(path == Root ? "The file" : $"`{path}`")}\n\n{Words(Comments[$"T:{type.FullName}"])}\n\n| name | default | "
                + "meaning |\n|---|---|---|\n"
        );
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite))
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            var below = path == Root ? name : $"{path}.{name}";
            var element = property.PropertyType.IsGenericType ? property.PropertyType.GetGenericArguments()[0] : null;
            var nested =
                element is { IsValueType: false } && element != typeof(string) ? element
                : property.PropertyType is { IsValueType: false, IsGenericType: false } own && own != typeof(string) ? own
                : null;
            _text.Append(
                $"| `{name}` | {(nested is null ? Default(property.GetValue(defaults)) : "")} | "
                    + $"{Meaning(property, nested, $"{below}{(element is null ? "" : "[]")}")} |\n"
            );
            if (nested is not null)
            {
                _pending.Enqueue(($"{below}{(element is null ? "" : "[]")}", nested, Activator.CreateInstance(nested)!));
            }
        }

        foreach (var domain in path == Root ? Domains : [])
        {
            _text.Append($"| `{domain.Section}` |  | See [`{domain.Section}`](#{Anchor(domain.Section)}). |\n");
            _pending.Enqueue((domain.Section, domain.Values.GetType(), Activator.CreateInstance(domain.Values.GetType())!));
        }

        _text.Append('\n');
    }

    private static string Meaning(PropertyInfo property, Type? nested, string below)
    {
        var words = Comments.TryGetValue($"P:{property.DeclaringType!.FullName}.{property.Name}", out var comment) ? Words(comment) : "";
        return nested is null ? words : $"{words}{(words.Length > 0 ? " " : "")}See [`{below}`](#{Anchor(below)}).";
    }

    /// <summary>As forges make them of headings.</summary>
    private static string Anchor(string heading) =>
        string.Concat(heading.Where(character => char.IsLetterOrDigit(character) || character == '-')).ToLowerInvariant();

    private static string Default(object? value) =>
        value switch
        {
            null => "none",
            string { Length: 0 } => "empty",
            string text => $"`{text}`",
            bool flag => flag ? "`true`" : "`false`",
            TimeSpan time => $"`{Shown(time)}`",
            Enum word => $"`{JsonNamingPolicy.CamelCase.ConvertName(word.ToString())}`",
            IEnumerable list => $"`[{string.Join(", ", list.Cast<object>())}]`",
            _ => $"`{value}`",
        };

    private static string Shown(TimeSpan time) =>
        time.TotalSeconds % 3600 == 0 && time > TimeSpan.Zero ? $"{time.TotalHours}h"
        : time.TotalSeconds % 60 == 0 && time > TimeSpan.Zero ? $"{time.TotalMinutes}m"
        : $"{time.TotalSeconds}s";

    /// <summary>A doc comment as Markdown in one line.</summary>
    private static string Words(XElement comment)
    {
        var words = string.Concat(
            comment
                .Nodes()
                .Select(node =>
                    node switch
                    {
                        XText text => text.Value,
                        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
                        XElement { Name.LocalName: "see" } see =>
                            $"`{JsonNamingPolicy.CamelCase.ConvertName(see.Attribute("cref")!.Value.Split('.')[^1])}`",
                        _ => throw new InvalidOperationException($"No word for {node}"),
                    }
                )
        );
        return Blank().Replace(words, " ").Trim().Replace("|", "\\|", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();
}
