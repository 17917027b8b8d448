namespace GitOpsOperator.Specs.Yaml;

/// <summary>
/// Cuts a file at its document markers, so that a document that is broken leaves the others of its file readable. By YAML 1.2.2, 9.1.2
/// no document, not even a block scalar in it, can hold a line that starts with a marker, so the cut is exact.
/// </summary>
public static class DocumentSplitter
{
    /// <param name="FirstLine">Counted from 1.</param>
    public readonly record struct Part(string Text, int FirstLine);

    /// <summary>Counts before anything is copied, so that a file of a million markers costs one pass.</summary>
    public static int Count(string file)
    {
        var count = 0;
        Walk(file, (_, _, _) => count++);
        return count;
    }

    public static List<Part> Split(string file)
    {
        var parts = new List<Part>();
        Walk(file, (start, end, line) => parts.Add(new(file[start..end], line)));
        return parts;
    }

    private static void Walk(string file, Action<int, int, int> part)
    {
        var (start, firstLine, hasContent) = (0, 1, false);
        for (int position = 0, line = 1; position < file.Length; line++)
        {
            var end = EndOfLine(file, position);
            var text = file.AsSpan(position, end - position);
            if (IsMarker(text, "---"))
            {
                if (hasContent)
                {
                    part(start, position, firstLine);
                    (start, firstLine) = (position, line);
                }

                hasContent = true;
            }
            else if (IsMarker(text, "..."))
            {
                if (hasContent)
                {
                    part(start, end, firstLine);
                }

                (start, firstLine, hasContent) = (end, line + 1, false);
            }
            else if (!hasContent)
            {
                // Directives and comments ahead of a marker belong to the document after it.
                var trimmed = text.Trim();
                hasContent = trimmed.Length > 0 && trimmed[0] is not ('#' or '%');
            }

            position = end;
        }

        if (hasContent)
        {
            part(start, file.Length, firstLine);
        }
    }

    private static bool IsMarker(ReadOnlySpan<char> line, string marker) =>
        line.StartsWith(marker, StringComparison.Ordinal) && (line.Length == 3 || line[3] is ' ' or '\t' or '\r' or '\n');

    private static int EndOfLine(string file, int position)
    {
        var at = file.AsSpan(position).IndexOfAny('\r', '\n');
        if (at < 0)
        {
            return file.Length;
        }

        at += position;
        return file[at] == '\r' && at + 1 < file.Length && file[at + 1] == '\n' ? at + 2 : at + 1;
    }
}
