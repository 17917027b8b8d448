using System.Diagnostics;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace GitOpsOperator.Specs.Yaml;

/// <summary>YamlDotNet's parser, whose every complaint comes out as a <see cref="YamlException"/> with a place.</summary>
public sealed class YamlEvents(string text)
{
    private readonly Parser _parser = new(new Scanner(new StringReader(text), skipComments: true));
    private Mark _last = Mark.Empty;

    public ParsingEvent Current => _parser.Current ?? throw new UnreachableException("YamlDotNet has no event where one must stand");

    /// <summary>Steps over the start of the stream and of its document; false where it holds none.</summary>
    public bool Begin()
    {
        Advance();
        Advance();
        return _parser.Current is DocumentStart && Advance();
    }

    public bool Advance()
    {
        try
        {
            return _parser.MoveNext();
        }
        catch (Exception slip)
            when (slip is InvalidOperationException or ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            // Some broken texts trip YamlDotNet's scanner itself (a block key inside an open bracket does). It is the text that is at
            // error all the same, and its other exceptions say no more.
            throw new YamlException(_last, _last, "a bracket, brace or quote is not closed, or an escape is wrong, after this place", slip);
        }
        finally
        {
            _last = _parser.Current?.End ?? _last;
        }
    }

    /// <summary>Reads what follows for its errors: a stray line after a document is a mistake in it.</summary>
    public void Finish()
    {
        var more = true;
        while (more)
        {
            more = Advance();
        }
    }
}
