using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>How Prometheus proves to others who it is, and through which proxy it goes. Credentials come from Secrets.</summary>
internal static class AccessSettings
{
    public static void AddBasicAuth(this ConfigMapping target, RenderingContext context, string space, SpecNode basicAuth)
    {
        if (basicAuth.Exists)
        {
            target.Add(
                "basic_auth",
                new ConfigMapping
                {
                    { "username", context.Secret(space, basicAuth["username"]) ?? "" },
                    { "password", context.Secret(space, basicAuth["password"]) ?? "" },
                }
            );
        }
    }

    /// <param name="authorization">May name a file of the pod (<c>credentialsFile</c>).</param>
    public static void AddAuthorization(this ConfigMapping target, RenderingContext context, string space, SpecNode authorization) =>
        target.AddAuthorization(context, space, authorization, authorization["credentials"], authorization["credentialsFile"].NonEmptyText);

    /// <summary>A job's own first; what it leaves open comes from its scrape class.</summary>
    public static void AddJobAuthorization(
        this ConfigMapping target,
        RenderingContext context,
        string space,
        SpecNode authorization,
        SpecNode scrapeClass
    )
    {
        var defaults = scrapeClass["authorization"];
        if (authorization.IsBlank)
        {
            target.AddAuthorization(context, space, defaults);
            return;
        }

        var credentials = authorization["credentials"].Exists ? authorization["credentials"] : defaults["credentials"];
        var file = credentials.Exists ? null : defaults["credentialsFile"].NonEmptyText;
        target.AddAuthorization(context, space, authorization, credentials, file);
    }

    public static void AddOAuth2(this ConfigMapping target, RenderingContext context, string space, SpecNode oauth2)
    {
        if (
            !oauth2.Exists
            || context.SecretOrConfigMap(space, oauth2["clientId"]) is not { } id
            || context.Secret(space, oauth2["clientSecret"]) is not { } secret
        )
        {
            return;
        }

        var rendered = new ConfigMapping
        {
            { "client_id", id },
            { "client_secret", secret },
            { "token_url", oauth2["tokenUrl"].Text ?? "" },
        };
        rendered.CopyNonEmpty("scopes", oauth2["scopes"]);
        rendered.CopyNonEmpty("endpoint_params", oauth2["endpointParams"]);
        if ((HasProxy(oauth2) || oauth2["tlsConfig"].Exists) && context.Admits(VersionGates.Access.OAuth2ClientSettings))
        {
            rendered.AddProxy(context, space, oauth2);
            TlsSettings.FromSecrets(oauth2["tlsConfig"]).AddTo(rendered, context, space);
        }

        if (context.Admits(VersionGates.Access.OAuth2))
        {
            target.Add("oauth2", rendered);
        }
    }

    /// <param name="owner">The mapping that holds the proxy's fields beside others.</param>
    public static void AddProxy(this ConfigMapping target, RenderingContext context, string space, SpecNode owner)
    {
        target.Copy("proxy_url", owner["proxyUrl"]);
        if (
            !(owner["noProxy"].Exists || owner["proxyFromEnvironment"].Exists || owner["proxyConnectHeader"].Exists)
            || !context.Admits(VersionGates.Access.ProxySettings)
        )
        {
            return;
        }

        target.Copy("no_proxy", owner["noProxy"]);
        target.Copy("proxy_from_environment", owner["proxyFromEnvironment"]);
        if (owner["proxyConnectHeader"].Exists)
        {
            var headers = new ConfigMapping();
            foreach (var (name, values) in owner["proxyConnectHeader"].SortedFields)
            {
                headers.Add(name, ConfigSequence.OfTexts(values.Items.Select(value => context.Secret(space, value) ?? "")));
            }

            target.Add("proxy_connect_header", headers);
        }
    }

    public static void AddSigv4(this ConfigMapping target, RenderingContext context, VersionGate gate, string space, SpecNode sigv4)
    {
        if (!sigv4.Exists || !context.Admits(gate))
        {
            return;
        }

        var rendered = new ConfigMapping();
        rendered.CopyNonEmpty("region", sigv4["region"]);
        if (
            sigv4["accessKey"].Exists
            && sigv4["secretKey"].Exists
            && context.Secret(space, sigv4["accessKey"]) is { Length: > 0 } access
            && context.Secret(space, sigv4["secretKey"]) is { Length: > 0 } secret
        )
        {
            rendered.Add("access_key", access);
            rendered.Add("secret_key", secret);
        }

        rendered.CopyNonEmpty("profile", sigv4["profile"]);
        rendered.CopyNonEmpty("role_arn", sigv4["roleArn"]);
        rendered.CopyNonEmpty(context, VersionGates.Sigv4.ExternalId, sigv4["externalId"]);
        rendered.Copy(context, VersionGates.Sigv4.UseFipsStsEndpoint, sigv4["useFIPSSTSEndpoint"]);
        target.Add("sigv4", rendered);
    }

    /// <summary>The token of the deprecated <c>bearerTokenSecret</c>.</summary>
    public static void AddBearerToken(this ConfigMapping target, RenderingContext context, string space, SpecNode selector)
    {
        if (selector["name"].NonEmptyText is not null && context.Secret(space, selector) is { } token)
        {
            target.Add("bearer_token", token);
        }
    }

    private static bool HasProxy(SpecNode owner) =>
        owner["proxyUrl"].Exists || owner["noProxy"].Exists || owner["proxyFromEnvironment"].Exists || owner["proxyConnectHeader"].Exists;

    private static void AddAuthorization(
        this ConfigMapping target,
        RenderingContext context,
        string space,
        SpecNode authorization,
        SpecNode credentials,
        string? file
    )
    {
        if (!authorization.Exists || !context.Admits(VersionGates.Access.Authorization))
        {
            return;
        }

        var rendered = new ConfigMapping { { "type", authorization["type"].NonEmptyText?.Trim() ?? "Bearer" } };
        if (credentials.Exists && context.Secret(space, credentials) is { } value)
        {
            rendered.Add("credentials", value);
        }

        if (file is not null)
        {
            rendered.Add("credentials_file", file);
        }

        target.Add("authorization", rendered);
    }
}
