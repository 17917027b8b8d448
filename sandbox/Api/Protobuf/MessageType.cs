using System.Collections.Frozen;
using System.Globalization;

namespace GitOpsOperator.Sandbox.Api.Protobuf;

/// <summary>What a field of a message holds.</summary>
/// <param name="Name">As in JSON; null where the fields of the message below stand in the object itself.</param>
/// <param name="Type">A scalar's name, or a message's.</param>
/// <param name="ZeroCounts">A zero is a value, and not Go's way to leave the field out.</param>
internal sealed record MessageField(string? Name, string Type, bool IsList, bool IsMap, bool ZeroCounts);

/// <summary>Kubernetes' protobuf messages, from the table that scripts/protobuf-fields.sh makes of its own definitions.</summary>
internal sealed record MessageType(string Name, IReadOnlyDictionary<int, MessageField> Fields)
{
    private static readonly Lazy<FrozenDictionary<string, MessageType>> Known = new(() =>
        Lines().Select(Read).ToFrozenDictionary(type => type.Name, StringComparer.Ordinal)
    );

    public static IEnumerable<MessageType> All => Known.Value.Values;

    /// <summary>Null for a scalar.</summary>
    public static MessageType? Find(string name) => Known.Value.GetValueOrDefault(name);

    /// <summary>The message of a kind of object; null where it is not known here.</summary>
    public static MessageType? OfKind(string apiVersion, string kind)
    {
        // Options are written in the group of the object that they are about.
        var package =
            kind == "DeleteOptions" ? "meta"
            : apiVersion.Split('/') is [var group, "v1"] ? group.Split('.')[0]
            : apiVersion == "v1" ? "core"
            : "";
        return Find($"{package}.{kind}");
    }

    private static IEnumerable<string> Lines()
    {
        using var stream =
            typeof(MessageType).Assembly.GetManifestResourceStream(typeof(MessageType), "fields.txt")
            ?? throw new InvalidOperationException("the table of protobuf fields is not in the program");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    private static MessageType Read(string line)
    {
        var words = line.Split(' ');
        return new(
            words[0],
            words[1..]
                .Select(word => word.Split(':'))
                .ToFrozenDictionary(
                    parts => int.Parse(parts[1], CultureInfo.InvariantCulture),
                    parts => new MessageField(
                        parts[0] == "+" ? null : parts[0],
                        parts[2].Trim('[', ']', '{', '}', '?'),
                        parts[2][0] == '[',
                        parts[2][0] == '{',
                        parts[2][^1] == '?'
                    )
                )
        );
    }
}
