namespace GitOpsOperator.Specs.Yaml;

/// <summary>Collects what is wrong in one document. The subject is known only at the end, so it is put on all of them together.</summary>
public sealed class FindingList
{
    private readonly List<Finding> _findings = [];

    public bool HasErrors { get; private set; }

    public void Error(SourceLocation location, string field, string message, Rule rule) =>
        Add(FindingSeverity.Error, location, field, message, rule);

    public void Warn(SourceLocation location, string field, string message, Rule rule) =>
        Add(FindingSeverity.Warning, location, field, message, rule);

    public void Add(FindingSeverity severity, SourceLocation location, string field, string message, Rule rule)
    {
        HasErrors |= severity == FindingSeverity.Error;
        _findings.Add(new(severity, location, field, message, rule.Id));
    }

    public IEnumerable<Finding> Take(ClusterKey? subject, int limit)
    {
        // Errors first where not all are shown: a warning must not push out the reason of a refusal.
        var shown = _findings.Count <= limit ? _findings : [.. _findings.OrderByDescending(finding => finding.Severity).Take(limit)];
        foreach (var finding in shown)
        {
            yield return finding with
            {
                Subject = subject,
            };
        }

        if (_findings.Count > limit)
        {
            var severity = HasErrors ? FindingSeverity.Error : FindingSeverity.Warning;
            yield return new(
                severity,
                _findings[0].Location,
                "",
                $"{_findings.Count - limit} more findings in this document are not shown; fix these first",
                DocumentRules.MoreFindings.Id,
                subject
            );
        }
    }

    /// <summary>The path of a field below another, safe to print whatever the document calls it.</summary>
    public static string Below(string path, string name)
    {
        var shown =
            name.Length > 0 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')
                ? name
                : $"[{Shown.Quoted(name)}]";
        return path.Length == 0 || shown[0] == '[' ? path + shown : $"{path}.{shown}";
    }
}
