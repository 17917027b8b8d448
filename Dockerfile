# Two stages: the SDK builds, a runtime without shell or package manager runs.
FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
ARG TARGETARCH
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/ src/
RUN case "${TARGETARCH:-amd64}" in arm64) rid=linux-arm64 ;; *) rid=linux-x64 ;; esac \
 && dotnet publish src/Operator/Operator.csproj -c Release -r "$rid" --self-contained \
      -p:DebugType=none -p:RestoreLockedMode=false -o /app

FROM mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled
COPY --from=build /app /app
USER $APP_UID
ENTRYPOINT ["/app/gitops-operator"]
CMD ["run", "--config", "/etc/gitops-operator/config.yaml"]
