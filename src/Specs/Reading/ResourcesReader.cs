using System.Collections.Immutable;
using GitOpsOperator.Specs.Yaml;

namespace GitOpsOperator.Specs.Reading;

/// <summary>Quantities, and the <c>resources</c> of a container as Kubernetes has them.</summary>
public static class ResourcesReader
{
    private const string QuantityAllowed = "give a quantity such as 500m, 2, 512Mi or 1.5Gi";
    private static readonly string[] Known = ["cpu", "memory", "ephemeral-storage"];

    /// <param name="ofBytes">It counts bytes, so a fraction of one is a slip of the pen.</param>
    public static Quantity? ReadQuantity(Fields fields, string name, bool ofBytes, bool zeroAllowed)
    {
        if (fields.NumberOrText(name, QuantityAllowed) is not { } text)
        {
            return null;
        }

        if (!Quantity.TryParse(text, out var quantity))
        {
            fields.Error(name, $"{Shown.Quoted(text)} is no quantity; {QuantityAllowed}", DocumentRules.QuantityFormat);
            return null;
        }

        if (quantity < default(Quantity) || (!zeroAllowed && !quantity.IsPositive))
        {
            fields.Error(
                name,
                $"{text} is too little; {(zeroAllowed ? "give zero or more" : "give more than zero")}",
                DocumentRules.QuantityRange
            );
            return null;
        }

        if (ofBytes && text[^1] is 'm' or 'u' or 'n')
        {
            fields.Error(
                name,
                $"{text} is a fraction of a byte; did you mean {text[..^1]}{(text[^1] == 'm' ? "Mi" : "Ki")}?",
                DocumentRules.QuantityUnit
            );
            return null;
        }

        return quantity;
    }

    public static ResourceRequirements Read(Fields spec)
    {
        if (spec.Nested("resources", "give a mapping of requests and limits") is not { } resources)
        {
            return ResourceRequirements.None;
        }

        var requests = ReadList(resources, "requests");
        var limits = ReadList(resources, "limits");
        resources.Close();
        foreach (var (name, request) in requests)
        {
            if (limits.TryGetValue(name, out var limit) && request > limit)
            {
                resources.Error(
                    "requests",
                    $"{name} asks for {request}, above its limit of {limit}; Kubernetes takes no such pod",
                    DocumentRules.RequestAboveLimit
                );
            }
        }

        return new(requests, limits);
    }

    private static ImmutableSortedDictionary<string, Quantity> ReadList(Fields resources, string field)
    {
        var read = ImmutableSortedDictionary.CreateBuilder<string, Quantity>(StringComparer.Ordinal);
        if (resources.Nested(field, "give a mapping of resource names to quantities") is { } list)
        {
            foreach (var name in list.Mapping.Entries.Select(entry => entry.Key.Text))
            {
                if (!IsResource(name))
                {
                    list.Findings.Error(
                        list.LocationOf(name),
                        list.PathOf(name),
                        $"no resource of a container; {NearestName.Hint(name, Known)}",
                        DocumentRules.ResourceName
                    );
                }
                else if (ReadQuantity(list, name, ofBytes: name is "memory" or "ephemeral-storage", zeroAllowed: true) is { } quantity)
                {
                    read[name] = quantity;
                }
            }
        }

        return read.ToImmutable();
    }

    /// <summary>A device plugin's resource has a domain (<c>vendor.example/device</c>), and huge pages have their size.</summary>
    private static bool IsResource(string name) =>
        Known.Contains(name) || name.Contains('/', StringComparison.Ordinal) || name.StartsWith("hugepages-", StringComparison.Ordinal);
}
