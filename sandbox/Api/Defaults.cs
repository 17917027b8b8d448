using System.Text;
using System.Text.Json.Nodes;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>The values a real server fills in where the client left them out. Clients see them, and an apply that does not name them
/// must not take them away.</summary>
internal static class Defaults
{
    public static void Fill(ResourceKind kind, JsonObject node)
    {
        switch (kind.Kind)
        {
            case "Pod":
                PodSpec(node.Object("spec"));
                break;
            case "StatefulSet":
                StatefulSet(node.Object("spec"));
                break;
            case "Deployment":
                Deployment(node.Object("spec"));
                break;
            case "Service":
                Service(node.Object("spec"));
                break;
            case "PersistentVolumeClaim":
                node.Object("spec").Default("volumeMode", "Filesystem");
                break;
            case "Secret":
                Secret(node);
                break;
            case "Namespace":
                node.Metadata().Object("labels")["kubernetes.io/metadata.name"] = node.Text("metadata", "name");
                node.Object("spec").Default("finalizers", new JsonArray("kubernetes"));
                break;
        }
    }

    /// <summary>The status an object begins with.</summary>
    public static void FirstStatus(ResourceKind kind, JsonObject node)
    {
        node.Remove("status");
        JsonObject? status = kind.Kind switch
        {
            "Pod" => new JsonObject { ["phase"] = "Pending", ["qosClass"] = QualityOfService(node) },
            "StatefulSet" => new JsonObject { ["replicas"] = 0, ["availableReplicas"] = 0 },
            "Service" => new JsonObject { ["loadBalancer"] = new JsonObject() },
            "PersistentVolumeClaim" or "PersistentVolume" => new JsonObject { ["phase"] = "Pending" },
            "Namespace" => new JsonObject { ["phase"] = "Active" },
            "CustomResourceDefinition" => DefinitionStatus(node),
            "PodDisruptionBudget" => new JsonObject
            {
                ["disruptionsAllowed"] = 0,
                ["currentHealthy"] = 0,
                ["desiredHealthy"] = 0,
                ["expectedPods"] = 0,
            },
            _ => null,
        };
        if (status is not null)
        {
            node["status"] = status;
        }
    }

    /// <summary>A definition is in force as soon as it is stored.</summary>
    private static JsonObject DefinitionStatus(JsonObject node)
    {
        JsonObject Condition(string type, string reason) =>
            new()
            {
                ["type"] = type,
                ["status"] = "True",
                ["reason"] = reason,
                ["message"] = "",
                ["lastTransitionTime"] = node.Text("metadata", "creationTimestamp"),
            };
        return new()
        {
            ["acceptedNames"] = node.At("spec", "names")?.DeepClone(),
            ["conditions"] = new JsonArray(Condition("NamesAccepted", "NoConflicts"), Condition("Established", "InitialNamesAccepted")),
            ["storedVersions"] = new JsonArray([
                .. node.Items("spec", "versions")
                    .Where(version => version.Flag("storage"))
                    .Select(version => (JsonNode?)version.Text("name")),
            ]),
        };
    }

    private static void StatefulSet(JsonObject spec)
    {
        spec.Default("replicas", 1);
        spec.Default("podManagementPolicy", "OrderedReady");
        spec.Default("revisionHistoryLimit", 10);
        var strategy = spec.Object("updateStrategy");
        strategy.Default("type", "RollingUpdate");
        if (strategy.Text("type") == "RollingUpdate")
        {
            strategy.Object("rollingUpdate").Default("partition", 0);
        }

        var retention = spec.Object("persistentVolumeClaimRetentionPolicy");
        retention.Default("whenDeleted", "Retain");
        retention.Default("whenScaled", "Retain");
        PodSpec(spec.Object("template").Object("spec"));
        foreach (var claim in spec.Items("volumeClaimTemplates"))
        {
            claim["kind"] = "PersistentVolumeClaim";
            claim["apiVersion"] = "v1";
            claim.Object("spec").Default("volumeMode", "Filesystem");
            claim["status"] = new JsonObject { ["phase"] = "Pending" };
        }
    }

    private static void Deployment(JsonObject spec)
    {
        spec.Default("replicas", 1);
        spec.Default("revisionHistoryLimit", 10);
        spec.Default("progressDeadlineSeconds", 600);
        var strategy = spec.Object("strategy");
        strategy.Default("type", "RollingUpdate");
        if (strategy.Text("type") == "RollingUpdate")
        {
            strategy.Object("rollingUpdate").Default("maxSurge", "25%");
            strategy.Object("rollingUpdate").Default("maxUnavailable", "25%");
        }

        PodSpec(spec.Object("template").Object("spec"));
    }

    private static void PodSpec(JsonObject spec)
    {
        spec.Default("restartPolicy", "Always");
        spec.Default("dnsPolicy", "ClusterFirst");
        spec.Default("schedulerName", "default-scheduler");
        spec.Default("terminationGracePeriodSeconds", 30);
        spec.Default("securityContext", new JsonObject());
        foreach (var container in spec.Items("containers").Concat(spec.Items("initContainers")))
        {
            Container(container);
        }

        foreach (var volume in spec.Items("volumes"))
        {
            foreach (var source in (string[])["secret", "configMap", "projected", "downwardAPI"])
            {
                (volume[source] as JsonObject)?.Default("defaultMode", 420);
            }
        }
    }

    private static void Container(JsonObject container)
    {
        var image = container.Text("image") ?? "";
        var tagged = image.LastIndexOf(':') > image.LastIndexOf('/');
        container.Default("imagePullPolicy", !tagged || image.EndsWith(":latest", StringComparison.Ordinal) ? "Always" : "IfNotPresent");
        container.Default("terminationMessagePath", "/dev/termination-log");
        container.Default("terminationMessagePolicy", "File");
        container.Default("resources", new JsonObject());
        if (container.At("resources", "limits") is JsonObject limits)
        {
            var requests = container.Object("resources").Object("requests");
            foreach (var (resource, limit) in limits.Where(pair => pair.Value is not null).ToList())
            {
                requests.Default(resource, limit!.DeepClone());
            }
        }

        foreach (var port in container.Items("ports"))
        {
            port.Default("protocol", "TCP");
        }

        foreach (var variable in container.Items("env"))
        {
            (variable.At("valueFrom", "fieldRef") as JsonObject)?.Default("apiVersion", "v1");
        }

        foreach (var name in (string[])["readinessProbe", "livenessProbe", "startupProbe"])
        {
            if (container[name] is JsonObject probe)
            {
                probe.Default("timeoutSeconds", 1);
                probe.Default("periodSeconds", 10);
                probe.Default("successThreshold", 1);
                probe.Default("failureThreshold", 3);
                (probe["httpGet"] as JsonObject)?.Default("scheme", "HTTP");
                (probe["httpGet"] as JsonObject)?.Default("path", "/");
            }
        }
    }

    private static void Service(JsonObject spec)
    {
        spec.Default("type", "ClusterIP");
        spec.Default("sessionAffinity", "None");
        if (spec.Text("type") != "ExternalName")
        {
            spec.Default("internalTrafficPolicy", "Cluster");
            spec.Default("ipFamilies", new JsonArray("IPv4"));
            spec.Default("ipFamilyPolicy", "SingleStack");
        }

        foreach (var port in spec.Items("ports"))
        {
            port.Default("protocol", "TCP");
            if (port["port"] is { } number && port["targetPort"]?.ToString() is null or "" or "0")
            {
                port["targetPort"] = number.DeepClone();
            }
        }
    }

    private static void Secret(JsonObject node)
    {
        node.Default("type", "Opaque");
        // stringData is for writing only.
        foreach (var (key, value) in node["stringData"] as JsonObject ?? [])
        {
            node.Object("data")[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value!.GetValue<string>()));
        }

        node.Remove("stringData");
    }

    private static string QualityOfService(JsonObject pod)
    {
        var resources = pod.Items("spec", "containers").Select(container => container["resources"]).ToList();
        if (
            resources.All(resource =>
                resource.At("requests") is not JsonObject { Count: > 0 } && resource.At("limits") is not JsonObject { Count: > 0 }
            )
        )
        {
            return "BestEffort";
        }

        var guaranteed = resources.All(resource =>
            resource.At("limits", "cpu") is not null
            && resource.At("limits", "memory") is not null
            && JsonNode.DeepEquals(resource.At("limits"), resource.At("requests"))
        );
        return guaranteed ? "Guaranteed" : "Burstable";
    }
}
