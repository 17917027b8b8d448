# The developer's entry, and the only one that CI uses.
SHELL := /bin/bash
.DEFAULT_GOAL := help
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1

.PHONY: help build tools binaries github-api demo demo-in-cluster check test test-long bench test-kube kube lint format image sandbox-image clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build the program to out/gitops-operator
	dotnet publish src/Operator/Operator.csproj -c Release -o out --nologo -v quiet
	@echo "built: out/gitops-operator"

tools: ## build the sandbox and the demo to out/tools/
	dotnet publish demo/Demo.csproj -c Release -o out/tools --nologo -v quiet
	@echo "built: out/tools/gitops-sandbox, out/tools/gitops-demo"

binaries: ## fetch etcd, Prometheus, kubectl and bubblewrap into .cache/ (unpacked, never installed)
	scripts/binaries.sh

github-api: ## fetch GitHub's API description into .cache/, for the tests of pull requests (skipped without it)
	@scripts/github-api.sh || echo "the tests that need it will be skipped"

demo: build tools binaries ## the whole on this machine: git commits in, real etcd follows, status comes back (KEEP=1 leaves it running)
	out/tools/gitops-demo local $(if $(KEEP),--keep)

demo-in-cluster: build tools binaries ## the operator as deploy/ deploys it: two pods, a leader killed, removed, deployed again (KUBECONFIG=FILE IMAGE=NAME, SANDBOX_IMAGE=NAME: on a cluster of yours)
	out/tools/gitops-demo in-cluster $(if $(filter command,$(origin KUBECONFIG)),--kubeconfig $(KUBECONFIG) --image $(or $(IMAGE),$(error IMAGE=the operator's image as that cluster pulls it: make image builds it)) $(if $(SANDBOX_IMAGE),--sandbox-image $(SANDBOX_IMAGE)))

check: ## what each commit needs: format, rules, shell scripts, and every quick test that starts no process; under two minutes once it was built
	scripts/test.sh --check

test: binaries github-api ## every test that one machine can run
	scripts/test.sh

test-long: binaries github-api ## the tests, and those that take longer
	TEST_LONG=1 TEST_PROJECT_LIMIT=14400 TEST_LIMIT=43200 scripts/test.sh

kube: ## build a real kube-apiserver from Debian's source, cached
	scripts/kube.sh

test-kube: binaries kube ## the API contract tests and changes of size on the real kube-apiserver (KUBEBUILDER_ASSETS names another)
	KUBEBUILDER_ASSETS=$${KUBEBUILDER_ASSETS:-$$(scripts/kube.sh)} scripts/test.sh \
		tests/Sandbox/Sandbox.Tests.csproj \
		tests/EndToEnd/EndToEnd.Tests.csproj=GitOpsOperator.EndToEnd.Tests.KubeApiServerTests

bench: binaries ## measure, each figure beside a baseline of the same run where there is one; see docs/performance.md
	dotnet run --project bench/Bench.csproj -c Release

lint: ## whether sources and scripts are as the rules say; what analyzers have to say, the build says
	scripts/lint.sh

format: ## format the sources
	dotnet tool restore --verbosity quiet
	dotnet csharpier format .

image: ## build the container image with whichever builder is there
	scripts/image.sh

sandbox-image: ## build the image of the sandbox's tools, which make demo-in-cluster runs a client of on a cluster of yours
	IMAGE=$(or $(SANDBOX_IMAGE),gitops-sandbox:latest) scripts/image.sh --file sandbox/Dockerfile

clean: ## remove what was built; .cache/ stays
	rm -rf out {src,tests}/{,Domains/}*/{bin,obj} {sandbox,demo,bench}/{bin,obj}
