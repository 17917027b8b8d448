namespace GitOpsOperator.Drift.Comparison;

/// <summary>
/// A port whose number somebody changed is, to server-side apply, another item of the list than ours: an apply would add ours beside it,
/// under the same name, which the API server refuses. The changed one has to go first. So has a label that somebody added to a Service's
/// selector.
/// </summary>
public static class RenumberedPorts
{
    /// <summary>A strategic merge patch that takes the changed ports of a Service or of a StatefulSet's container away; null where there
    /// are none.</summary>
    public static object? Removal(IEnumerable<DriftFact> facts)
    {
        var service = new List<object>();
        var containers = new Dictionary<string, List<object>>();
        foreach (var fact in facts.Where(fact => fact is { Git: not null, Live: not null } && int.TryParse(fact.Live, out _)))
        {
            var number = int.Parse(fact.Live!, System.Globalization.CultureInfo.InvariantCulture);
            if (fact.Path.StartsWith("spec.ports[", StringComparison.Ordinal) && fact.Path.EndsWith(".port", StringComparison.Ordinal))
            {
                service.Add(new Dictionary<string, object> { ["port"] = number, ["$patch"] = "delete" });

                // A Service must have a port at every moment: ours comes with the same patch, and the apply completes it.
                if (int.TryParse(fact.Git, out var ours))
                {
                    var name = fact.Path["spec.ports[".Length..fact.Path.IndexOf(']', StringComparison.Ordinal)];
                    service.Add(
                        new Dictionary<string, object>
                        {
                            ["name"] = name,
                            ["port"] = ours,
                            ["targetPort"] = ours,
                            ["protocol"] = "TCP",
                        }
                    );
                }
            }
            else if (
                fact.Path.StartsWith("spec.template.spec.containers[", StringComparison.Ordinal)
                && fact.Path.EndsWith("].containerPort", StringComparison.Ordinal)
            )
            {
                var name = fact.Path["spec.template.spec.containers[".Length..fact.Path.IndexOf(']', StringComparison.Ordinal)];
                if (!containers.TryGetValue(name, out var ports))
                {
                    containers[name] = ports = [];
                }

                ports.Add(new Dictionary<string, object> { ["containerPort"] = number, ["$patch"] = "delete" });
            }
        }

        var selector = facts
            .Where(fact =>
                fact is { Git: null, Live: not null, Class: DriftClass.Drift }
                && fact.Path.StartsWith("spec.selector", StringComparison.Ordinal)
            )
            .ToDictionary(fact => fact.Path["spec.selector".Length..].Trim('.', '[', ']'), _ => (string?)null);
        return selector.Count > 0 && service.Count == 0 ? new { spec = new { selector } }
            : service.Count > 0 ? new { spec = new { ports = service } }
            : containers.Count > 0
                ? new
                {
                    spec = new
                    {
                        template = new
                        {
                            spec = new { containers = containers.Select(pair => new { name = pair.Key, ports = pair.Value }).ToList() },
                        },
                    },
                }
            : null;
    }
}
