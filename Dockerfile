# Two stages: the SDK builds, an image without shell or package manager runs. `make image` builds it.
FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
ARG TARGETARCH
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
WORKDIR /source

# What restore reads, and nothing else, so that a change of code leaves the layer with the packages as it was.
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY src/Specs/Specs.csproj src/Specs/packages.lock.json src/Specs/
COPY src/Sync/Sync.csproj src/Sync/packages.lock.json src/Sync/
COPY src/Drift/Drift.csproj src/Drift/packages.lock.json src/Drift/
COPY src/Reconcile/Reconcile.csproj src/Reconcile/packages.lock.json src/Reconcile/
COPY src/Domains/Etcd/Domains.Etcd.csproj src/Domains/Etcd/packages.lock.json src/Domains/Etcd/
COPY src/Domains/Prometheus/Domains.Prometheus.csproj src/Domains/Prometheus/packages.lock.json src/Domains/Prometheus/
COPY src/Operator/Operator.csproj src/Operator/packages.lock.json src/Operator/

# Twice: the lock files name no runtime, and locked mode refuses any that they do not name (NU1004). So the first restore holds every
# package to its locked hash and unpacks it; the second takes those and adds the runtime itself, which no lock file covers.
RUN case "${TARGETARCH:-amd64}" in \
      amd64) rid=linux-x64 ;; \
      arm64) rid=linux-arm64 ;; \
      *) echo "no build for ${TARGETARCH}: amd64 and arm64 are known" >&2; exit 1 ;; \
    esac \
 && echo "$rid" > /rid \
 && dotnet restore src/Operator/Operator.csproj --locked-mode \
 && dotnet restore src/Operator/Operator.csproj -r "$rid" -p:SelfContained=true -p:PublishReadyToRun=true

# ReadyToRun: every network call of git is a short-lived child of this same program, and code compiled ahead halves what a start costs
# (measured: 0.15 s instead of 0.3 s). Together with the runtime (composite), since generic code of the runtime over this program's types
# cannot be compiled ahead otherwise: the operator is ready after 0.8 s instead of 1.1 s, for 17 MB more.
COPY BannedSymbols.txt .editorconfig ./
COPY src/ src/
RUN dotnet publish src/Operator/Operator.csproj -c Release -r "$(cat /rid)" --self-contained --no-restore \
      -p:PublishReadyToRun=true -p:PublishReadyToRunComposite=true -p:DebugType=none -p:PublishDocumentationFile=false -p:PublishReferencesDocumentationFiles=false -o /app \
 && ls /app/libgit2-*.so \
 && mkdir /state

# The ssh client, for repositories over ssh, with those of its libraries that the last stage has not. Both are of the same release of Ubuntu.
FROM build AS ssh
RUN apt-get update && apt-get install -y --no-install-recommends openssh-client \
 && mkdir -p /ssh \
 && cp --parents /usr/bin/ssh /ssh \
 && ldd /usr/bin/ssh | awk '$3 ~ "^/" { print $3 }' | grep -v -e '/libc\.so' -e '/libcrypto\.so' -e '/libz\.so' | while read -r library; do \
      file=$(readlink -f "$library") && mkdir -p "/ssh$(dirname "$file")" && cp "$file" "/ssh$(dirname "$file")/$(basename "$library")" || exit 1; \
    done

FROM mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled
COPY --from=ssh /ssh/usr /usr
COPY --from=build /app /app
# The mirrors of the repositories; mount a volume where the root is read-only. Losing it costs one clone.
COPY --from=build --chown=1654:1654 /state /var/lib/gitops-operator
USER $APP_UID
ENTRYPOINT ["/app/gitops-operator"]
CMD ["run", "--config", "/etc/gitops-operator/config.yaml"]
