namespace GitOpsOperator.Demo;

/// <summary>How a demo is shown on a terminal: headings and dimmed asides, plain where the output is no terminal.</summary>
internal sealed class Terminal(TextWriter output, bool colour)
{
    private readonly Lock _lock = new();

    public void Step(int number, string title) => Line($"\n{Bold($"━━ {number}. {title} ━━")}");

    public void Say(string text) => Line(text);

    /// <summary>Something another program said.</summary>
    public void Quote(string text)
    {
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            Line($"  {Dim(line)}");
        }
    }

    /// <summary>A diff, with what is added and taken away coloured.</summary>
    public void Diff(string text)
    {
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            Line(
                "  "
                    + line switch
                    {
                        ['+', ..] => Colour(line, 32),
                        ['-', ..] => Colour(line, 31),
                        _ => Dim(line),
                    }
            );
        }
    }

    public void Good(string text) => Line(Colour($"✔ {text}", 32));

    public void Bad(string text) => Line(Colour($"✘ {text}", 31));

    private void Line(string text)
    {
        lock (_lock)
        {
            output.WriteLine(text);
        }
    }

    private string Bold(string text) => Colour(text, 1);

    private string Dim(string text) => Colour(text, 2);

    private string Colour(string text, int code) => colour ? $"\x1b[{code}m{text}\x1b[0m" : text;
}
