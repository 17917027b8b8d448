using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace GitOpsOperator.Operator.PullRequests;

/// <summary>The operator's one comment on a pull request: a hidden first line by which it is known again, and the text.</summary>
internal sealed partial record PlanComment(string Start, string Text)
{
    /// <summary>Characters that the hidden line takes at most.</summary>
    public const int MaxMarkerLength = 300;

    public string Digest { get; } = DigestOf(Text);

    public string Body => string.Create(CultureInfo.InvariantCulture, $"{Start} digest={Digest} -->\n{Text}");

    /// <summary>
    /// How comments of one operator for one repository begin. Both are names, free of anything that could end the comment.
    /// </summary>
    public static string StartFor(string operatorId, string repository) =>
        $"<!-- gitops-operator:v1 id={operatorId} repository={repository}";

    /// <summary>
    /// The digest of a comment as it stands on the forge; null where its text is not the one that its marker was made for, as after
    /// somebody edited it.
    /// </summary>
    public static string? DigestOf(string start, string body)
    {
        var text = body.ReplaceLineEndings("\n");
        return
            text.StartsWith(start, StringComparison.Ordinal)
            && Marker().Match(text[start.Length..]) is { Success: true } marker
            && marker.Groups[1].Value is var digest
            && DigestOf(text[(start.Length + marker.Length)..]) == digest
            ? digest
            : null;
    }

    /// <summary>A comment without its hidden line.</summary>
    public static string TextOf(string body)
    {
        var text = body.ReplaceLineEndings("\n");
        return text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..];
    }

    private static string DigestOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.TrimEnd())))[..32];

    [GeneratedRegex(@"\A digest=([0-9a-f]{32}) -->\n", RegexOptions.CultureInvariant)]
    private static partial Regex Marker();
}
