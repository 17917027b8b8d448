using System.Numerics;
using GitOpsOperator.Specs.Yaml;

namespace GitOpsOperator.Specs.Reading;

/// <summary>
/// Reads the fields of one mapping by name and type. A field is known once it was asked for, so what a kind accepts is written down
/// once, in its reader; <see cref="Close"/> complains of the rest.
/// </summary>
public sealed class Fields(YamlMapping mapping, string path, FindingList findings)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public YamlMapping Mapping => mapping;

    public SourceLocation Location => mapping.Location;

    public FindingList Findings => findings;

    public string PathOf(string name) => FindingList.Below(path, name);

    public SourceLocation LocationOf(string name) => mapping.Entries.Find(entry => entry.Key.Text == name)?.Key.Location ?? Location;

    public bool Has(string name) => mapping[name] is not (null or YamlScalar { Type: ScalarType.Null });

    public void Error(string name, string message, Rule rule) => findings.Error(ValueLocation(name), PathOf(name), message, rule);

    public void Warn(string name, string message, Rule rule) => findings.Warn(ValueLocation(name), PathOf(name), message, rule);

    public void Missing(string name, string allowed) =>
        findings.Error(LocationOf(name), PathOf(name), $"missing; {allowed}", DocumentRules.MissingField);

    public BigInteger? Integer(string name, string allowed)
    {
        if (Scalar(name, allowed) is not { } scalar)
        {
            return null;
        }

        if (scalar.Type == ScalarType.Integer && !CoreSchema.IsAmbiguous(scalar.Text))
        {
            return CoreSchema.IntegerOf(scalar.Text);
        }

        if (scalar.Plain && CoreSchema.IsAmbiguous(scalar.Text))
        {
            Ambiguous(scalar, PathOf(name), allowed);
        }
        else
        {
            WrongType(scalar, PathOf(name), allowed);
        }

        return null;
    }

    public bool? Boolean(string name)
    {
        const string Allowed = "write true or false, without quotes";
        switch (Scalar(name, Allowed))
        {
            case null:
                return null;
            case { Type: ScalarType.Boolean } scalar:
                return scalar.Text[0] is 't' or 'T';
            case var scalar:
                WrongType(scalar, PathOf(name), Allowed);
                return null;
        }
    }

    public string? Text(string name, string allowed) => Scalar(name, allowed) is { } scalar ? TextOf(scalar, PathOf(name), allowed) : null;

    /// <summary>As written, where numbers are as good as text: versions and quantities, which their own syntax checks.</summary>
    public string? NumberOrText(string name, string allowed)
    {
        if (Scalar(name, allowed) is not { } scalar)
        {
            return null;
        }

        if (scalar.Type is ScalarType.Text or ScalarType.Integer or ScalarType.Number)
        {
            return scalar.Text;
        }

        WrongType(scalar, PathOf(name), allowed);
        return null;
    }

    /// <summary>Null where it is absent, has no value, or is something else (which is a finding).</summary>
    public Fields? Nested(string name, string allowed)
    {
        _known.Add(name);
        switch (mapping[name])
        {
            case YamlMapping nested:
                return new(nested, PathOf(name), findings);
            case null or YamlRefused or YamlScalar { Type: ScalarType.Null }:
                return null;
            case var other:
                WrongType(other, PathOf(name), allowed);
                return null;
        }
    }

    public string? TextOf(YamlNode node, string field, string allowed)
    {
        switch (node)
        {
            case YamlRefused:
                return null;
            case YamlScalar { Plain: true } scalar when CoreSchema.IsAmbiguous(scalar.Text):
                Ambiguous(scalar, field, "put it in quotes");
                return null;
            case YamlScalar { Type: ScalarType.Text } scalar:
                return scalar.Text;
            case YamlScalar { Type: not ScalarType.Null } scalar:
                WrongType(scalar, field, $"put it in quotes if text is meant; {allowed}");
                return null;
            case YamlScalar:
                findings.Error(node.Location, field, $"has no value; {allowed}", DocumentRules.WrongType);
                return null;
            default:
                WrongType(node, field, allowed);
                return null;
        }
    }

    /// <summary>Fields that may stand there and mean nothing here.</summary>
    public void Ignore(IEnumerable<string> names) => _known.UnionWith(names);

    public void Close()
    {
        foreach (var entry in mapping.Entries.Where(entry => !_known.Contains(entry.Key.Text)))
        {
            if (entry.Value is not YamlRefused)
            {
                findings.Error(
                    entry.Key.Location,
                    PathOf(entry.Key.Text),
                    $"unknown field; {NearestName.Hint(entry.Key.Text, _known)}",
                    DocumentRules.UnknownField
                );
            }
        }
    }

    private SourceLocation ValueLocation(string name) => mapping[name]?.Location ?? Location;

    private YamlScalar? Scalar(string name, string allowed)
    {
        _known.Add(name);
        switch (mapping[name])
        {
            case YamlScalar { Type: not ScalarType.Null } scalar:
                return scalar;
            case null or YamlRefused:
                return null;
            case YamlScalar empty:
                findings.Error(LocationOf(name), PathOf(name), $"has no value; {allowed}, or remove the line", DocumentRules.WrongType);
                return null;
            case var other:
                WrongType(other, PathOf(name), allowed);
                return null;
        }
    }

    private void WrongType(YamlNode node, string field, string allowed) =>
        findings.Error(node.Location, field, $"is {node.Description}; {allowed}", DocumentRules.WrongType);

    private void Ambiguous(YamlScalar scalar, string field, string allowed) =>
        findings.Error(
            scalar.Location,
            field,
            $"{Shown.Of(scalar.Text)} without quotes means different things to YAML 1.1 and 1.2; {allowed}",
            DocumentRules.AmbiguousValue
        );
}
