#!/usr/bin/env bash
# make kube: a real kube-apiserver and kube-controller-manager (1.20.2), built from Debian bookworm's source package with Debian's Go,
# both only unpacked; beside them a real etcd and a kubectl. Needs no root, installs nothing, 4 to 10 minutes and 2 GB once.
# The result is $PROJECT_CACHE/kube/bin; the last line printed is that folder, in the form that KUBEBUILDER_ASSETS takes.
# The contract tests hold the sandbox's API server to it, and changes of size run on it (make test-kube).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/debian-packages.sh
. "$here/debian-packages.sh"

version=1.20.2
home=$PROJECT_CACHE/kube
bin=$home/bin
mkdir -p "$home"
exec 9> "$home/lock"
flock 9

if [ ! -x "$bin/etcd" ]; then
  fetch_deb sid etcd-server "$home/etcd"
  mkdir -p "$bin"
  ln -sfn ../etcd/usr/bin/etcd "$bin/etcd"
fi
if [ ! -x "$bin/kubectl" ]; then
  # trixie's speaks to servers from 1.20 to today's for what the tests ask of it; bookworm's own is too old to know 501 from a fault.
  fetch_deb trixie kubectl "$home/kubectl"
  ln -sfn ../kubectl/usr/bin/kubectl "$bin/kubectl"
fi
# One that calls itself otherwise was built by an earlier form of this script.
if [ -x "$bin/kube-controller-manager" ] && [ "$("$bin/kube-apiserver" --version 2> /dev/null)" = "Kubernetes v$version" ]; then
  echo "$bin"
  exit 0
fi

echo "kube: fetching the source of kubernetes and Go 1.19 from Debian bookworm" >&2
fetch_source bookworm kubernetes "$home/source"
fetch_deb bookworm golang-1.19-go "$home/go-tools"
fetch_deb bookworm golang-1.19-src "$home/go-source"
fetch_deb bookworm golang-github-modern-go-reflect2-dev "$home/reflect2"

work=$home/build
rm -rf "$work"
mkdir -p "$work/gopath/src/k8s.io" "$work/goroot"
# Debian splits Go's root over two packages that point at each other in /usr; here they are brought together again.
cp -a "$home/go-source/usr/share/go-1.19/src" "$work/goroot/src"
cp -a "$home/go-tools/usr/share/go-1.19/src/." "$work/goroot/src/"
ln -s "$home/go-tools/usr/lib/go-1.19/bin" "$work/goroot/bin"
cp -a "$home/go-tools/usr/lib/go-1.19/pkg" "$work/goroot/pkg"
rm -f "$work/goroot/pkg/include"
cp -a "$home/go-tools/usr/share/go-1.19/pkg/include" "$work/goroot/pkg/include"

tree=$work/gopath/src/k8s.io/kubernetes
mkdir "$tree"
# Debian's patches all concern kubectl's printing, so the original tree is what Debian's servers are made of.
tar -xzf "$home"/source/kubernetes_*.orig.tar.gz -C "$tree" --strip-components=1
# But for this: the reflect2 1.0.1 in it calls into Go's runtime in a way that Go 1.18 changed, and the server crashes now and then when
# it encodes a map ("unexpected fault address"). Debian, too, builds with its own 1.0.2.
reflect2=$tree/vendor/github.com/modern-go/reflect2
rm -rf "$reflect2"
cp -a "$home/reflect2/usr/share/gocode/src/github.com/modern-go/reflect2" "$reflect2"

export GOROOT=$work/goroot GOPATH=$work/gopath GOCACHE=$work/go-cache GO111MODULE=off CGO_ENABLED=0 GOFLAGS='' GOTOOLCHAIN=local
go=$GOROOT/bin/go
cd "$tree"

# The OpenAPI models are generated code that the source package leaves out; without every package that has a model the server
# refuses to start ("cannot find model definition").
echo "kube: generating the OpenAPI models" >&2
"$go" build -o "$work/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
packages=$(grep -rlE --include='*.go' '^// *\+k8s:openapi-gen=' staging/src pkg cmd |
  grep -vE '_test\.go$|/testdata/|sample-|/samples?/|/testing/' |
  xargs -n 1 dirname | sort -u | sed -e 's#^staging/src/#k8s.io/kubernetes/vendor/#' -e 's#^\(pkg\|cmd\)/#k8s.io/kubernetes/\1/#' | paste -sd,)
"$work/openapi-gen" -O zz_generated.openapi -p k8s.io/kubernetes/pkg/generated/openapi \
  -h hack/boilerplate/boilerplate.generatego.txt -r "$work/openapi.report" -i "$packages" > "$work/openapi.log" 2>&1 ||
  { echo "kube: openapi-gen failed:" >&2; tail -n 20 "$work/openapi.log" >&2; exit 1; }

echo "kube: building kube-apiserver and kube-controller-manager $version (minutes)" >&2
# In GOPATH mode a vendored package's full path is what the linker knows it by. The second is what /version answers.
stamp=
for package in component-base/version client-go/pkg/version; do
  named=k8s.io/kubernetes/vendor/k8s.io/$package
  stamp+=" -X $named.gitVersion=v$version -X $named.gitMajor=1 -X $named.gitMinor=20"
done
"$go" build -ldflags "$stamp" -o "$work/" ./cmd/kube-apiserver ./cmd/kube-controller-manager
mv "$work/kube-apiserver" "$work/kube-controller-manager" "$bin/"

# What made them is a gigabyte and is not needed again; Go writes some of it read-only.
chmod -R u+w "$work"
rm -rf "$work" "$home/go-tools" "$home/go-source" "$home/reflect2" "$home/source"
echo "$bin"
