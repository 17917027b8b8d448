using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>Settings that many jobs share: a job takes the class that it names, else the default one, else none.</summary>
internal static class ScrapeClasses
{
    public static SpecNode Of(RenderingContext context, SpecNode monitor)
    {
        var classes = context.Spec["scrapeClasses"].Items.ToArray();
        var name = monitor["scrapeClass"].Text;
        // The last of two with one name wins, as it does upstream.
        var named = name is null ? default : classes.LastOrDefault(candidate => candidate["name"].Text == name);
        return named.Exists ? named : classes.FirstOrDefault(candidate => candidate["default"].Boolean == true);
    }

    public static void Check(RenderingContext context)
    {
        var defaults = context
            .Spec["scrapeClasses"]
            .Items.Where(candidate => candidate["default"].Boolean == true)
            .Select(candidate => candidate["name"].Text)
            .ToArray();
        if (defaults.Length > 1)
        {
            context.Refuse($"scrape classes {string.Join(" and ", defaults)} are all the default; leave default: true at one");
        }
    }
}
