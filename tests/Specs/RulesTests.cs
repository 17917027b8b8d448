using System.Text.RegularExpressions;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Domains.Prometheus.Spec;

namespace GitOpsOperator.Specs.Tests;

public sealed partial class RulesTests
{
    [Fact]
    public void Rule_ids_are_kebab_case_unique_and_explained_in_one_line()
    {
        var rules = DocumentKinds.Rules.ToArray();
        Assert.All(rules, rule => Assert.Matches(KebabCase(), rule.Id));
        Assert.All(rules, rule => Assert.Matches(@"\A[A-Z][^\n]+\.\z", rule.Meaning));
        Assert.Distinct(rules.Select(rule => rule.Id));
    }

    [Fact]
    public void Every_rule_stands_in_its_table()
    {
        var declared = new[] { typeof(DocumentRules), typeof(EtcdRules), typeof(PrometheusRules) }
            .SelectMany(table => table.GetFields())
            .Where(field => field.FieldType == typeof(Rule))
            .Select(field => (Rule)field.GetValue(null)!);
        Assert.Equal(declared.OrderBy(rule => rule.Id), DocumentKinds.Rules.OrderBy(rule => rule.Id));
    }

    [GeneratedRegex(@"\A[a-z0-9]+(-[a-z0-9]+)*\z")]
    private static partial Regex KebabCase();
}
