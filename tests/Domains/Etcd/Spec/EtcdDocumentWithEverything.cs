namespace GitOpsOperator.Domains.Etcd.Tests.Spec;

/// <summary>A document with every field that its kind has.</summary>
internal static class EtcdDocumentWithEverything
{
    public const string Text = """
        apiVersion: gitops-operator.dev/v1alpha1
        kind: EtcdCluster
        metadata: {name: everything}
        spec:
          size: 5
          version: v3.5.16
          image: {repository: "registry.example:5000/etcd"}
          storage: {size: 8Gi, storageClassName: fast}
          resources: {requests: {cpu: 500m}, limits: {memory: 2Gi}}
          options:
            quotaBackendBytes: 4Gi
            autoCompaction: {mode: periodic, retention: 1h}
            snapshotCount: 5000
            heartbeatInterval: 200
            electionTimeout: 2000
            extraFlags: {metrics: extensive}
          nodeSelector: {disk: ssd}
          affinity:
            nodeAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                nodeSelectorTerms:
                  - matchExpressions: [{key: zone, operator: In, values: [a, b]}]
          tolerations: [{key: dedicated, operator: Equal, value: etcd, effect: NoSchedule}]
          topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}]
          priorityClassName: high
          imagePullSecrets: [{name: registry}]
          podLabels: {team: orders}
          podAnnotations: {example.com/a: b}
          suspend: true
          mode: report
          rolloutPolicy: Always
          deletionPolicy: Delete
          deleteVolumes: true
        """;
}
