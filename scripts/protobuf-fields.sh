#!/usr/bin/env bash
# scripts/protobuf-fields.sh API APIMACHINERY: what the sandbox's API server knows of Kubernetes' protobuf messages, from checkouts of
# github.com/kubernetes/api and github.com/kubernetes/apimachinery. kubectl writes the built-in kinds in protobuf and nothing else.
# A line is a message, with NAME:NUMBER:TYPE for each field: [TYPE] a list, {TYPE} a map from strings; + for NAME where the fields of the
# message stand in the object itself. A scalar with ? is a pointer in Go: only there does a zero mean zero, and not "left out".
#   scripts/protobuf-fields.sh ../api ../apimachinery > sandbox/Api/Protobuf/fields.txt
set -euo pipefail
api=${1:?the folder of kubernetes/api} machinery=${2:?the folder of kubernetes/apimachinery}

roots="core.Pod core.Service core.ConfigMap core.Secret core.PersistentVolumeClaim core.PersistentVolume core.Event core.Node core.Namespace
  core.ServiceAccount core.Endpoints core.Binding apps.StatefulSet apps.Deployment apps.ControllerRevision policy.PodDisruptionBudget
  policy.Eviction networking.NetworkPolicy rbac.Role rbac.RoleBinding rbac.ClusterRole rbac.ClusterRoleBinding coordination.Lease
  discovery.EndpointSlice authentication.TokenRequest autoscaling.Scale meta.DeleteOptions runtime.Unknown"

files=()
for group in core apps policy networking rbac coordination discovery authentication autoscaling; do
  files+=("$api/$group/v1/types.go" "$api/$group/v1/generated.proto")
done
files+=("$machinery"/pkg/apis/meta/v1/{types.go,generated.proto})
for package in runtime util/intstr api/resource; do
  files+=("$machinery/pkg/$package/generated.proto")
done

awk -v roots="$roots" '
  function short(package,   parts, count) {
    count = split(package, parts, ".")
    return parts[count] == "v1" ? parts[count - 1] : parts[count]
  }
  function typed(name,   at) {
    if (name ~ /^(string|bytes|bool|int32|int64|uint32|uint64|double)$/) return name
    if (name !~ /\./) return home "." name
    sub(/^\./, "", name)
    at = match(name, /\.[^.]*$/)
    return short(substr(name, 1, at - 1)) substr(name, at)
  }
  FNR == 1 { message = ""; home = FILENAME; sub(/\/v1\/types\.go$/, "", home); sub(/.*\//, "", home) }
  FILENAME ~ /types\.go$/ {
    if (match($0, /^type [A-Za-z0-9]+ struct/)) { split($0, words, " "); message = home "." words[2] }
    if (message != "" && match($0, /protobuf:"[a-z0-9]+,[0-9]+/)) {
      number = substr($0, RSTART, RLENGTH); sub(/.*,/, "", number)
      if ($2 ~ /^\*/) pointer[message, number] = 1
      if ($0 ~ /json:"(,inline)?"/) inline[message, number] = 1
    }
    next
  }
  /^package / { home = short(substr($2, 1, length($2) - 1)); next }
  /^message / { message = home "." $2; next }
  /^}/ { message = ""; next }
  message != "" && /^  (optional|repeated|map<)/ {
    number = $NF; sub(/;.*/, "", number); name = $(NF - 2)
    if ($1 == "repeated") type = "[" typed($2) "]"
    else if ($1 ~ /^map</) { type = $2; sub(/>$/, "", type); type = "{" typed(type) "}" }
    else { type = typed($2); if (type !~ /\.[^I]/ && (message, number) in pointer) type = type "?" }
    if ((message, number) in inline) name = "+"
    fields[message] = fields[message] " " name ":" number ":" type
  }
  END {
    count = split(roots, open, /[ \n]+/)
    for (i = 1; i <= count; i++) {
      if (open[i] in seen) continue
      seen[open[i]] = 1
      print open[i] fields[open[i]]
      parts = split(fields[open[i]], each, " ")
      for (p = 1; p <= parts; p++) {
        type = each[p]; sub(/^[^:]*:[^:]*:/, "", type); gsub(/[][{}?]/, "", type)
        if (type ~ /\./) open[++count] = type
      }
    }
  }' "${files[@]}" | LC_ALL=C sort
