using GitOpsOperator.Specs.Reading;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace GitOpsOperator.Specs.Yaml;

/// <summary>One document as a tree, as far as it could be read: what stood before a break often still tells which cluster it was about.</summary>
internal sealed class YamlDocument
{
    private readonly string _path;
    private readonly int _lineOffset;
    private readonly ReadingLimits _limits;
    private readonly Func<YamlMapping, bool> _isForeign;
    private readonly Parser _parser;
    private int _nodes;
    private bool _stopped;

    private YamlDocument(string path, DocumentSplitter.Part part, ReadingLimits limits, Func<YamlMapping, bool> isForeign)
    {
        (_path, _lineOffset, _limits, _isForeign) = (path, part.FirstLine - 1, limits, isForeign);
        _parser = new(new Scanner(new StringReader(part.Text), skipComments: true));
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
            document.Findings.Error(
                document.At(broken.Start), "", $"not well-formed YAML: {Shown.Of(broken.Message)}; the rest of this document is not read",
                DocumentRules.BrokenYaml);
        }

        if (!document.IsForeign && YamlText.FirstHidden(part.Text) is >= 0 and var hidden)
        {
            var before = part.Text.AsSpan(0, hidden);
            var line = before.Count('\n') + part.FirstLine;
            document.Findings.Error(
                new(path, line, hidden - before.LastIndexOf('\n')), "",
                $"the character U+{(int)part.Text[hidden]:X4} does not show but changes how this is read; remove it, or write it as \"\\u{(int)part.Text[hidden]:X4}\"",
                DocumentRules.ControlCharacter);
        }

        return document;
    }

    private void ReadRoot()
    {
        Move<StreamStart>();
        if (_parser.Current is not DocumentStart)
        {
            return;
        }

        Move<DocumentStart>();
        Root = ReadNode(depth: 0, node => Root = node);
        if (!_stopped)
        {
            // Whatever follows the root is read for its errors: a stray line after a document is a mistake in it.
            while (_parser.MoveNext())
            {
                _ = _parser.Current;
            }
        }
    }

    private void Move<TExpected>()
        where TExpected : ParsingEvent
    {
        if (_parser.Current is null)
        {
            _parser.MoveNext();
        }

        if (_parser.Current is not TExpected)
        {
            throw new InvalidOperationException($"YamlDotNet gave {_parser.Current} where {typeof(TExpected).Name} must stand");
        }

        _parser.MoveNext();
    }

    /// <param name="attach">Called before the children are read, so that the tree holds what was read when they break off.</param>
    private YamlNode ReadNode(int depth, Action<YamlNode> attach)
    {
        var current = _parser.Current!;
        var location = At(current.Start);
        if (++_nodes > _limits.NodesPerDocument)
        {
            return Stop(location, $"more than {_limits.NodesPerDocument} keys and values in one document; split it", DocumentRules.TooManyNodes);
        }

        if (depth > _limits.Depth)
        {
            return Stop(location, $"nested deeper than {_limits.Depth} levels, which no field needs", DocumentRules.TooDeep);
        }

        if (current is NodeEvent node)
        {
            CheckProperties(node, location);
        }

        switch (current)
        {
            case AnchorAlias alias:
                _parser.MoveNext();
                Findings.Error(
                    location, "", $"the alias *{Shown.Of(alias.Value.Value)} is not taken; write the value out", DocumentRules.YamlAlias);
                return new YamlRefused(location);
            case Scalar scalar:
                _parser.MoveNext();
                return new YamlScalar(location, scalar.Value, scalar.Style == ScalarStyle.Plain);
            case SequenceStart:
                return ReadSequence(depth, location, attach);
            case MappingStart:
                return ReadMapping(depth, location, attach);
            default:
                throw new InvalidOperationException($"YamlDotNet gave {current} where a value must stand");
        }
    }

    private void CheckProperties(NodeEvent node, SourceLocation location)
    {
        if (!node.Anchor.IsEmpty)
        {
            Findings.Error(location, "", $"the anchor &{Shown.Of(node.Anchor.Value)} is not taken; remove it", DocumentRules.YamlAlias);
        }

        if (!node.Tag.IsEmpty)
        {
            Findings.Error(
                location, "", $"the tag {Shown.Of(node.Tag.IsNonSpecific ? "!" : node.Tag.Value)} is not taken; remove it", DocumentRules.YamlTag);
        }
    }

    private YamlSequence ReadSequence(int depth, SourceLocation location, Action<YamlNode> attach)
    {
        var sequence = new YamlSequence(location);
        attach(sequence);
        _parser.MoveNext();
        while (!_stopped && _parser.Current is not SequenceEnd)
        {
            sequence.Items.Add(ReadNode(depth + 1, _ => { }));
        }

        if (!_stopped)
        {
            _parser.MoveNext();
        }

        return sequence;
    }

    private YamlMapping ReadMapping(int depth, SourceLocation location, Action<YamlNode> attach)
    {
        var mapping = new YamlMapping(location);
        var known = new Dictionary<string, SourceLocation>(StringComparer.Ordinal);
        attach(mapping);
        _parser.MoveNext();
        while (!_stopped && _parser.Current is not MappingEnd)
        {
            var key = ReadNode(depth + 1, _ => { });
            if (!_stopped)
            {
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
            _parser.MoveNext();
        }

        return mapping;
    }

    private void ReadEntry(YamlMapping mapping, Dictionary<string, SourceLocation> known, YamlNode key, int depth)
    {
        var attached = false;
        var value = ReadNode(depth + 1, Attach);
        if (!attached)
        {
            Attach(value);
        }

        void Attach(YamlNode node)
        {
            attached = true;
            if (key is not YamlScalar { Text.Length: > 0 } name)
            {
                if (key is not YamlRefused)
                {
                    Findings.Error(key.Location, "", $"a key is text, not {key.Description}", DocumentRules.YamlKey);
                }
            }
            else if (known.TryGetValue(name.Text, out var first))
            {
                mapping.Ambiguous.Add(name.Text);
                Findings.Error(
                    key.Location, "", $"the key {Shown.Quoted(name.Text)} stands here already on line {first.Line}; keep one of the two",
                    DocumentRules.DuplicateKey);
            }
            else
            {
                known.Add(name.Text, name.Location);
                mapping.Entries.Add(new(name, node));
            }
        }
    }

    private YamlRefused Stop(SourceLocation location, string message, Rule rule)
    {
        _stopped = true;
        Findings.Error(location, "", message, rule);
        return new(location);
    }

    private SourceLocation At(Mark mark) => new(_path, checked((int)mark.Line) + _lineOffset, checked((int)mark.Column));
}
