using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace GitOpsOperator.Specs.Yaml;

/// <summary>One document as a tree, as far as it could be read: what stood before a break often still tells which cluster it was
/// about.</summary>
public sealed class YamlDocument
{
    private readonly string _path;
    private readonly int _lineOffset;
    private readonly ReadingLimits _limits;
    private readonly Func<YamlMapping, bool> _isForeign;
    private readonly YamlEvents _events;
    private readonly List<string> _field = [];
    private int _nodes;
    private int _aliasLine;
    private bool _stopped;

    private YamlDocument(string path, DocumentSplitter.Part part, ReadingLimits limits, Func<YamlMapping, bool> isForeign)
    {
        (_path, _lineOffset, _limits, _isForeign) = (path, part.FirstLine - 1, limits, isForeign);
        _events = new(part.Text);
    }

    /// <summary>Null for a document without content.</summary>
    public YamlNode? Root { get; private set; }

    /// <summary>It was read no further than needed to see that it is none of ours.</summary>
    public bool IsForeign { get; private set; }

    public FindingList Findings { get; } = new();

    /// <param name="isForeign">Asked after each entry of the top mapping; true ends the reading, and with it any complaint.</param>
    public static YamlDocument Read(string path, DocumentSplitter.Part part, ReadingLimits limits, Func<YamlMapping, bool> isForeign)
    {
        var document = new YamlDocument(path, part, limits, isForeign);
        try
        {
            document.ReadRoot();
        }
        catch (YamlException broken)
        {
            // YamlDotNet tells of a tab at the start of the mapping around it.
            var tab = broken.Message.Contains("tab", StringComparison.Ordinal) ? YamlText.IndentingTab(part.Text) : null;
            document.Error(
                document.At(tab ?? broken.Start),
                $"not well-formed YAML: {Shown.Of(broken.Message.TrimEnd('.'), longest: 200)}; the rest of this document is not read",
                DocumentRules.BrokenYaml
            );
        }

        if (!document.IsForeign && YamlText.FirstHidden(part.Text) is >= 0 and var hidden)
        {
            var before = part.Text.AsSpan(0, hidden);
            var code = ((int)part.Text[hidden]).ToString("X4");
            document.Findings.Error(
                new(path, before.Count('\n') + part.FirstLine, hidden - before.LastIndexOf('\n')),
                "",
                $"the character U+{code} does not show but changes how this is read; remove it, or write it as \"\\u{code}\"",
                DocumentRules.ControlCharacter
            );
        }

        return document;
    }

    private void ReadRoot()
    {
        if (!_events.Begin())
        {
            return;
        }

        Root = ReadNode(depth: 0, node => Root = node);
        if (!_stopped)
        {
            _events.Finish();
        }
    }

    /// <param name="attach">Called before the children are read, so that the tree holds what was read when they break off.</param>
    private YamlNode ReadNode(int depth, Action<YamlNode> attach)
    {
        var current = _events.Current;
        var location = At(current.Start);
        if (++_nodes > _limits.NodesPerDocument)
        {
            return Stop(
                location,
                $"more than {_limits.NodesPerDocument} keys and values in one document; split it",
                DocumentRules.TooManyNodes
            );
        }

        if (depth > _limits.Depth)
        {
            return Stop(location, $"nested deeper than {_limits.Depth} levels, which no field needs", DocumentRules.TooDeep);
        }

        var isTagged = current is NodeEvent node && !IsBare(node, location);
        switch (current)
        {
            case AnchorAlias alias:
                _events.Advance();
                if (_aliasLine != location.Line)
                {
                    _aliasLine = location.Line;
                    Error(location, $"the alias *{Shown.Of(alias.Value.Value)} is not taken; write the value out", DocumentRules.YamlAlias);
                }

                return new YamlRefused(location);
            case Scalar scalar:
                _events.Advance();
                return isTagged ? new YamlRefused(location) : new YamlScalar(location, scalar.Value, scalar.Style == ScalarStyle.Plain);
            case SequenceStart:
                return ReadSequence(depth, location, attach);
            case MappingStart:
                return ReadMapping(depth, location, attach);
            default:
                // YamlDotNet itself lets some slips through and pairs keys and values wrongly after them: ": a: b", or "x"*y.
                throw new SyntaxErrorException(
                    current.Start,
                    current.End,
                    "a key or value is missing, or two stand side by side, before this place"
                );
        }
    }

    /// <returns>False with a tag: what its value would be is then open.</returns>
    private bool IsBare(NodeEvent node, SourceLocation location)
    {
        if (!node.Anchor.IsEmpty)
        {
            Error(location, $"the anchor &{Shown.Of(node.Anchor.Value)} is not taken; remove it", DocumentRules.YamlAlias);
        }

        if (node.Tag.IsEmpty)
        {
            return true;
        }

        var tag = node.Tag.IsNonSpecific ? "!" : node.Tag.Value.Replace("tag:yaml.org,2002:", "!!", StringComparison.Ordinal);
        Error(location, $"the tag {Shown.Of(tag)} is not taken; remove it", DocumentRules.YamlTag);
        return false;
    }

    private YamlSequence ReadSequence(int depth, SourceLocation location, Action<YamlNode> attach)
    {
        var sequence = new YamlSequence(location);
        attach(sequence);
        _events.Advance();
        while (!_stopped && _events.Current is not SequenceEnd)
        {
            _field.Add($"[{sequence.Items.Count}]");
            sequence.Items.Add(ReadNode(depth + 1, _ => { }));
            Leave();
        }

        if (!_stopped)
        {
            _events.Advance();
        }

        return sequence;
    }

    private YamlMapping ReadMapping(int depth, SourceLocation location, Action<YamlNode> attach)
    {
        var mapping = new YamlMapping(location);
        var known = new Dictionary<string, SourceLocation>(StringComparer.Ordinal);
        attach(mapping);
        _events.Advance();
        while (!_stopped && _events.Current is not MappingEnd)
        {
            var key = ReadNode(depth + 1, _ => { });
            if (!_stopped)
            {
                if (key is not (YamlRefused or YamlScalar { Text.Length: > 0 }))
                {
                    Error(key.Location, $"a key is text, not {key.Description}", DocumentRules.YamlKey);
                }

                ReadEntry(mapping, known, key, depth);
            }

            if (depth == 0 && _isForeign(mapping))
            {
                (IsForeign, _stopped) = (true, true);
            }
        }

        if (!_stopped)
        {
            mapping.IsWhole = true;
            _events.Advance();
        }

        return mapping;
    }

    private void ReadEntry(YamlMapping mapping, Dictionary<string, SourceLocation> known, YamlNode key, int depth)
    {
        var attached = false;
        _field.Add(FindingList.Below("", (key as YamlScalar)?.Text ?? "?"));
        var value = ReadNode(depth + 1, Attach);
        if (!attached)
        {
            Attach(value);
        }

        Leave();

        void Attach(YamlNode node)
        {
            attached = true;
            if (key is not YamlScalar { Text.Length: > 0 } name)
            {
                return;
            }

            if (known.TryGetValue(name.Text, out var first))
            {
                mapping.Ambiguous.Add(name.Text);
                Error(
                    key.Location,
                    $"the key {Shown.Quoted(name.Text)} stands here already on line {first.Line}; keep one of the two",
                    DocumentRules.DuplicateKey
                );
            }
            else
            {
                known.Add(name.Text, name.Location);
                mapping.Entries.Add(new(name, node));
            }
        }
    }

    private void Leave()
    {
        if (!_stopped)
        {
            _field.RemoveAt(_field.Count - 1);
        }
    }

    private YamlRefused Stop(SourceLocation location, string message, Rule rule)
    {
        _stopped = true;
        Error(location, message, rule);
        return new(location);
    }

    private void Error(SourceLocation location, string message, Rule rule) =>
        Findings.Error(
            location,
            string.Concat(_field.Select((name, index) => index == 0 || name[0] == '[' ? name : $".{name}")),
            message,
            rule
        );

    private SourceLocation At(Mark mark) => new(_path, checked((int)mark.Line) + _lineOffset, checked((int)mark.Column));
}
