namespace GitOpsOperator.Sandbox.Api.Http.Printing;

/// <summary>The columns of the kinds that are built in, as a real server has them.</summary>
internal static class Columns
{
    private static readonly Column Age = new("Age", (node, now) => Ages.Since(node.Text("metadata", "creationTimestamp"), now));

    private static readonly Column CreatedAt = Column.Field("Created At", "metadata.creationTimestamp");

    private static readonly Column VolumeMode = Column.Field("VolumeMode", "spec.volumeMode", "<unset>", wide: true);

    private static readonly Column AttributesClass = Column.Field("VolumeAttributesClass", "spec.volumeAttributesClassName", "<unset>");

    private static readonly Column Containers = Column.Text("Containers", node => Cells.OfTemplate(node, "name"), wide: true);

    private static readonly Column Images = Column.Text("Images", node => Cells.OfTemplate(node, "image"), wide: true);

    private static readonly Column Ready = new(
        "Ready",
        (node, _) => $"{node.Number("status", "readyReplicas") ?? 0}/{node.Number("spec", "replicas") ?? 0}"
    );

    private static readonly Dictionary<string, Column[]> ByKind = new(StringComparer.Ordinal)
    {
        ["CustomResourceDefinition"] = [Named(), CreatedAt],
        ["Role"] = [Named(), CreatedAt],
        ["ClusterRole"] = [Named(), CreatedAt],
        ["RoleBinding"] = Bindings(),
        ["ClusterRoleBinding"] = Bindings(),
        ["Pod"] =
        [
            Named(),
            new("Ready", (node, _) => PodCells.Ready(node)),
            new("Status", (node, _) => PodCells.Status(node)),
            new("Restarts", PodCells.Restarts),
            Age,
            Column.Field("IP", "status.podIP", "<none>", wide: true),
            Column.Field("Node", "spec.nodeName", "<none>", wide: true),
            Column.Field("Nominated Node", "status.nominatedNodeName", "<none>", wide: true),
            Column.Text("Readiness Gates", node => PodCells.ReadinessGates(node), wide: true),
        ],
        ["StatefulSet"] = [Named(), Ready, Age, Containers, Images],
        ["Deployment"] =
        [
            Named(),
            Ready,
            Column.Number("Up-to-date", node => node.Number("status", "updatedReplicas") ?? 0),
            Column.Number("Available", node => node.Number("status", "availableReplicas") ?? 0),
            Age,
            Containers,
            Images,
            Column.Text("Selector", node => Cells.Labels(node.At("spec", "selector", "matchLabels")), wide: true),
        ],
        ["ControllerRevision"] = [Named(), Column.Text("Controller", Cells.Controller), Column.Field("Revision", "revision"), Age],
        ["Service"] =
        [
            Named(),
            Column.Field("Type", "spec.type"),
            Column.Field("Cluster-IP", "spec.clusterIP", "<none>"),
            Column.Text("External-IP", Cells.ExternalAddress),
            Column.Text("Port(s)", Cells.ServicePorts),
            Age,
            Column.Text("Selector", node => Cells.Labels(node.At("spec", "selector")), wide: true),
        ],
        ["Endpoints"] = [Named(), Column.Text("Endpoints", Cells.Endpoints), Age],
        ["EndpointSlice"] =
        [
            Named(),
            Column.Field("AddressType", "addressType"),
            Column.Text("Ports", node => Cells.Few(node.Items("ports").Select(port => port["port"]?.ToString() ?? "*"))),
            Column.Text("Endpoints", node => Cells.Few(node.Items("endpoints").SelectMany(endpoint => Cells.Texts(endpoint["addresses"])))),
            Age,
        ],
        ["ConfigMap"] = [Named(), Column.Number("Data", node => Cells.Count(node, "data") + Cells.Count(node, "binaryData")), Age],
        ["Secret"] = [Named(), Column.Field("Type", "type"), Column.Number("Data", node => Cells.Count(node, "data")), Age],
        ["ServiceAccount"] = [Named(), Column.Number("Secrets", node => node.Items("secrets").Count()), Age],
        ["PersistentVolumeClaim"] =
        [
            Named(),
            new("Status", (node, _) => Cells.Phase(node)),
            Column.Field("Volume", "spec.volumeName"),
            Column.Field("Capacity", "status.capacity.storage"),
            new("Access Modes", (node, _) => Cells.AccessModes(node.At("status", "accessModes"))),
            Column.Field("StorageClass", "spec.storageClassName"),
            AttributesClass,
            Age,
            VolumeMode,
        ],
        ["PersistentVolume"] =
        [
            Named(),
            Column.Field("Capacity", "spec.capacity.storage"),
            new("Access Modes", (node, _) => Cells.AccessModes(node.At("spec", "accessModes"))),
            Column.Field("Reclaim Policy", "spec.persistentVolumeReclaimPolicy"),
            new("Status", (node, _) => Cells.Phase(node)),
            new("Claim", (node, _) => node.At("spec", "claimRef") is { } claim ? $"{claim.Text("namespace")}/{claim.Text("name")}" : ""),
            Column.Field("StorageClass", "spec.storageClassName"),
            AttributesClass,
            Column.Field("Reason", "status.reason"),
            Age,
            VolumeMode,
        ],
        ["Node"] =
        [
            Named(),
            new("Status", (node, _) => Cells.NodeStatus(node)),
            Column.Text("Roles", Cells.NodeRoles),
            Age,
            Column.Field("Version", "status.nodeInfo.kubeletVersion"),
            Column.Text("Internal-IP", node => Cells.NodeAddress(node, "InternalIP"), wide: true),
            Column.Text("External-IP", node => Cells.NodeAddress(node, "ExternalIP"), wide: true),
            Column.Field("OS-Image", "status.nodeInfo.osImage", "<unknown>", wide: true),
            Column.Field("Kernel-Version", "status.nodeInfo.kernelVersion", "<unknown>", wide: true),
            Column.Field("Container-Runtime", "status.nodeInfo.containerRuntimeVersion", "<unknown>", wide: true),
        ],
        ["Namespace"] = [Named(), Column.Field("Status", "status.phase"), Age],
        ["Event"] =
        [
            new("Last Seen", (node, now) => Ages.Since(Cells.LastSeen(node), now)),
            Column.Field("Type", "type"),
            Column.Field("Reason", "reason"),
            new("Object", (node, _) => $"{node.Text("involvedObject", "kind")?.ToLowerInvariant()}/{node.Text("involvedObject", "name")}"),
            Column.Field("Subobject", "involvedObject.fieldPath", wide: true),
            new("Source", (node, _) => Cells.EventSource(node), Wide: true),
            new("Message", (node, _) => node.Text("message")?.Trim() ?? ""),
            new("First Seen", (node, now) => Ages.Since(node.Text("firstTimestamp") ?? node.Text("eventTime"), now), Wide: true),
            Column.Number("Count", node => node.Number("series", "count") ?? node.Number("count") ?? 1, wide: true),
            Column.Field("Name", "metadata.name", wide: true),
        ],
        ["PodDisruptionBudget"] =
        [
            Named(),
            Column.Field("Min Available", "spec.minAvailable", "N/A"),
            Column.Field("Max Unavailable", "spec.maxUnavailable", "N/A"),
            Column.Number("Allowed Disruptions", node => node.Number("status", "disruptionsAllowed") ?? 0),
            Age,
        ],
        ["NetworkPolicy"] =
        [
            Named(),
            Column.Text("Pod-Selector", node => Cells.Labels(node.At("spec", "podSelector", "matchLabels"))),
            Age,
        ],
        ["Lease"] = [Named(), Column.Field("Holder", "spec.holderIdentity"), Age],
    };

    public static Column Name { get; } = Named();

    public static Column[] Of(ResourceKind kind) => ByKind.GetValueOrDefault(kind.Definition is null ? kind.Kind : "") ?? [Name, Age];

    private static Column Named() => Column.Field("Name", "metadata.name");

    private static Column[] Bindings() =>
        [
            Named(),
            new("Role", (node, _) => $"{node.Text("roleRef", "kind")}/{node.Text("roleRef", "name")}"),
            Age,
            new("Users", (node, _) => Cells.Subjects(node, "User"), Wide: true),
            new("Groups", (node, _) => Cells.Subjects(node, "Group"), Wide: true),
            new("ServiceAccounts", (node, _) => Cells.Subjects(node, "ServiceAccount"), Wide: true),
        ];
}
