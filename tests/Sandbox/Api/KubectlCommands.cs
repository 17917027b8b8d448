namespace GitOpsOperator.Sandbox.Tests.Api;

/// <summary>A command line, how it ends on a real server, and what it says there.</summary>
/// <param name="Says">A part of what it prints, or of its complaint.</param>
/// <param name="Since">The minor version of Kubernetes from which on it is so.</param>
internal sealed record KubectlCommand(string Line, string Says, int Exit = 0, int Since = 0)
{
    public static KubectlCommand Fails(string line, string says, int since = 0) => new(line, says, Exit: 1, Since: since);
}

/// <summary>What newcomers type, in an order in which each finds what it needs. None needs a node.</summary>
internal static class KubectlCommands
{
    private const string Rejected = "The request is invalid: the server rejected our request due to an error in our request";

    public static IReadOnlyList<KubectlCommand> All { get; } =
    [
        // Created by kubectl itself, in protobuf.
        new("create configmap settings --from-literal=a=b", "configmap/settings created"),
        new("create secret generic password --from-literal=a=b", "secret/password created"),
        new("create secret docker-registry pull --docker-server=x --docker-username=u --docker-password=p", "secret/pull created"),
        new("create serviceaccount robot", "serviceaccount/robot created"),
        new("create deployment web --image=registry.example/web:1 --replicas=0 --port=80", "deployment.apps/web created"),
        new("create service clusterip web --tcp=80:8080", "service/web created"),
        new("create service nodeport outside --tcp=80", "service/outside created"),
        new("create service externalname elsewhere --external-name=example.com", "service/elsewhere created"),
        new("create role reader --verb=get --resource=pods", "role.rbac.authorization.k8s.io/reader created"),
        new(
            "create rolebinding robot --role=reader --serviceaccount=NAMESPACE:robot",
            "rolebinding.rbac.authorization.k8s.io/robot created"
        ),
        new("create clusterrole NAMESPACE --verb=get --resource=nodes", "clusterrole.rbac.authorization.k8s.io/NAMESPACE created"),
        new(
            "create clusterrolebinding NAMESPACE --clusterrole=NAMESPACE --user=u",
            "clusterrolebinding.rbac.authorization.k8s.io/NAMESPACE created"
        ),
        new("create poddisruptionbudget least --selector=app=web --min-available=1", "poddisruptionbudget.policy/least created", Since: 21),
        new("create poddisruptionbudget most --selector=app=web --max-unavailable=0", "poddisruptionbudget.policy/most created", Since: 21),
        new("run single --image=registry.example/web:1 --restart=Never", "pod/single created"),
        new("expose deployment web --name=exposed --port=80", "service/exposed exposed"),
        KubectlCommand.Fails(
            "create configmap settings --from-literal=a=b",
            "error: failed to create configmap: configmaps \"settings\" already exists"
        ),
        KubectlCommand.Fails("create deployment Upper --image=x", "is invalid: metadata.name: Invalid value: \"Upper\""),
        // Read.
        new("get configmaps settings", "NAME DATA AGE settings 1"),
        new("get secret password", "NAME TYPE DATA AGE password Opaque 1"),
        new("get deployment web", "NAME READY UP-TO-DATE AVAILABLE AGE web 0/0 0 0"),
        new("get deployment web -o wide", "CONTAINERS IMAGES SELECTOR web 0/0 0 0"),
        new("get service web", "NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE web ClusterIP 10."),
        new("get service elsewhere", "elsewhere ExternalName <none> example.com <none>"),
        new("get role reader", "NAME CREATED AT reader"),
        new("get rolebinding robot -o wide", "NAME ROLE AGE USERS GROUPS SERVICEACCOUNTS robot Role/reader"),
        new("get poddisruptionbudget least", "NAME MIN AVAILABLE MAX UNAVAILABLE ALLOWED DISRUPTIONS AGE least 1 N/A 0", Since: 21),
        new("get pod single", "NAME READY STATUS RESTARTS AGE single 0/1 Pending 0"),
        new("get pod single -o wide", "IP NODE NOMINATED NODE READINESS GATES single 0/1 Pending 0"),
        new("get pods --show-labels", "LABELS single 0/1 Pending 0"),
        new("get pods -l run=single --no-headers", "single 0/1 Pending 0"),
        new("get pods --field-selector=status.phase=Running", "No resources found in NAMESPACE namespace."),
        new("get services --chunk-size=1 -o name", "service/elsewhere service/exposed service/outside service/web"),
        new("get services --sort-by=.metadata.name", "NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE elsewhere"),
        new("get services --sort-by=.spec.type", "NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE"),
        new("get configmap settings -o jsonpath={.data.a}", "b"),
        new("get configmap settings -o custom-columns=N:.metadata.name", "N settings"),
        new("get all", "pod/single"),
        new("get events", "No resources found in NAMESPACE namespace."),
        KubectlCommand.Fails("get pod nothere", "Error from server (NotFound): pods \"nothere\" not found"),
        KubectlCommand.Fails("get nonsense", "error: the server doesn't have a resource type \"nonsense\""),
        KubectlCommand.Fails("get pods --field-selector=spec.color=red", "field label not supported: spec.color"),
        new("describe configmap settings", "Name: settings"),
        new("describe pod single", "Name: single"),
        new("describe deployment web", "Replicas: 0 desired"),
        new("describe service web", "TargetPort: 8080/TCP"),
        new("describe secret password", "a: 1 bytes"),
        new("describe poddisruptionbudget least", "Allowed disruptions: 0", Since: 21),
        new("describe namespace NAMESPACE", "Status: Active"),
        new("api-resources --api-group=apps", "deployments deploy apps/v1 true Deployment"),
        new("api-versions", "apps/v1"),
        new("cluster-info", "Kubernetes control plane is running at"),
        new("version", "Server Version"),
        new("get --raw /readyz", "ok"),
        new("logs single", ""),
        // Changed.
        new("label configmap settings x=y", "configmap/settings labeled"),
        new("label configmap settings x-", "configmap/settings unlabeled"),
        KubectlCommand.Fails("label configmap nothere x=y", "configmaps \"nothere\" not found"),
        new("annotate configmap settings x=y", "configmap/settings annotated"),
        new("patch configmap settings -p {\"data\":{\"b\":\"c\"}}", "configmap/settings patched"),
        new(
            "patch configmap settings --type=json -p [{\"op\":\"add\",\"path\":\"/data/d\",\"value\":\"e\"}]",
            "configmap/settings patched"
        ),
        new("patch configmap settings --type=merge -p {\"data\":{\"b\":null}}", "configmap/settings patched"),
        new("patch configmap settings --type=merge -p {\"data\":{\"b\":null}}", "configmap/settings patched (no change)"),
        KubectlCommand.Fails("patch configmap settings --type=json -p [{\"op\":\"test\",\"path\":\"/data/d\",\"value\":\"f\"}]", Rejected),
        KubectlCommand.Fails("patch configmap settings --type=json -p [{\"op\":\"remove\",\"path\":\"/data/none\"}]", Rejected),
        new("get configmap settings -o jsonpath={.data}", "{\"a\":\"b\",\"d\":\"e\"}"),
        new("scale deployment web --replicas=0", "deployment.apps/web scaled"),
        KubectlCommand.Fails("scale deployment web --replicas=2 --current-replicas=7", "Expected replicas to be 7, was 0"),
        new("set image deployment/web web=registry.example/web:2", "deployment.apps/web image updated"),
        new("set env deployment/web A=B", "deployment.apps/web env updated"),
        new("set resources deployment/web --requests=cpu=1m", "deployment.apps/web resource requirements updated"),
        new("rollout restart deployment/web", "deployment.apps/web restarted"),
        new("rollout pause deployment/web", "deployment.apps/web paused"),
        new("rollout resume deployment/web", "deployment.apps/web resumed"),
        new("wait --for=jsonpath={.data.d}=e configmap/settings --timeout=5s", "configmap/settings condition met"),
        KubectlCommand.Fails("wait --for=condition=Ready pod/single --timeout=1s", "timed out waiting for the condition on pods/single"),
        // Applied; INPUT is a ConfigMap in a file.
        new("apply -f INPUT", "configmap/applied created"),
        new("apply -f INPUT", "configmap/applied unchanged"),
        new("apply -f INPUT --dry-run=server", "configmap/applied unchanged (server dry run)"),
        new("diff -f INPUT", ""),
        new("apply --server-side -f INPUT --force-conflicts", "configmap/applied serverside-applied"),
        new("replace -f INPUT", "configmap/applied replaced"),
        KubectlCommand.Fails("create -f INPUT", "configmaps \"applied\" already exists"),
        new("delete -f INPUT", "configmap \"applied\" deleted"),
        KubectlCommand.Fails("replace -f INPUT", "configmaps \"applied\" not found"),
        // Deleted, and waited for.
        new("delete pod single", "pod \"single\" deleted"),
        new("wait --for=delete pod/single --timeout=5s", ""),
        KubectlCommand.Fails("delete pod single", "Error from server (NotFound): pods \"single\" not found"),
        new("delete pod single --ignore-not-found", ""),
        new("delete deployment web", "deployment.apps \"web\" deleted"),
        new("delete service,configmap web settings --ignore-not-found", "service \"web\" deleted"),
        new("delete poddisruptionbudget --all", "poddisruptionbudget.policy \"least\" deleted", Since: 21),
        new("delete clusterrole,clusterrolebinding NAMESPACE", "clusterrole.rbac.authorization.k8s.io \"NAMESPACE\" deleted"),
        new("delete secret --all", "secret \"password\" deleted"),
    ];
}
