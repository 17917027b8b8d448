using System.Globalization;
using System.Text.Json.Nodes;
using GitOpsOperator.Sandbox.Api.Access;
using GitOpsOperator.Sandbox.Api.Definitions;
using GitOpsOperator.Sandbox.Api.Lists;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Sandbox.Api.Http;

/// <summary>One request to one answer: verbs by method and path.</summary>
internal sealed partial class ApiHandler(Store store, DefinedKinds kinds, ServiceAccountTokens tokens, ApiServerOptions options)
{
    private readonly Discovery _discovery = new(kinds);
    private readonly Writes _writes = new(store, options.Time);
    private readonly Deletions _deletions = new(store, options.Time);
    private readonly WatchStream _watches = new(store, options);
    private readonly PodSubresources _pods = new(store, new Deletions(store, options.Time), options.Time);

    /// <summary>Null while no node has them.</summary>
    public IContainers? Containers { get; set; }

    public async Task HandleAsync(HttpContext context)
    {
        var (request, response, cancellationToken) = (context.Request, context.Response, context.RequestAborted);
        try
        {
            if (await _discovery.TryAnswerAsync(request, response, cancellationToken))
            {
                return;
            }

            await AnswerAsync(ApiRequest.Parse(request, kinds), response, cancellationToken);
        }
        catch (ApiException error) when (!response.HasStarted)
        {
            await Bodies.WriteAsync(response, error.Code, error.ToStatus(), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The client went away, or the server stops: there is nobody to answer.
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // A fault of the server's own: said where it is looked for, and to the client in the form that it reads.
            LogFault(options.Logger, error, request.Method, request.Path);
            if (response.HasStarted)
            {
                throw;
            }

            await Bodies.WriteAsync(response, 500, ApiException.Fault(error).ToStatus(), cancellationToken);
        }
    }

    private Task AnswerAsync(ApiRequest request, HttpResponse response, CancellationToken cancellationToken) =>
        (request.Http.Method, request.Subresource) switch
        {
            ("GET", "") when request.IsWatch => _watches.ServeAsync(request, response, cancellationToken),
            ("GET", "") when request.IsCollection => ListAsync(request, response, cancellationToken),
            ("GET", "") => GetAsync(request, response, cancellationToken),
            ("GET", "status") when request.Kind.HasStatus => GetAsync(request, response, cancellationToken),
            ("POST", "") when request.IsCollection => CreateAsync(request, response, cancellationToken),
            ("PUT", "") when !request.IsCollection => UpdateAsync(request, response, cancellationToken),
            ("PUT", "status") when request.Kind.HasStatus => UpdateAsync(request, response, cancellationToken),
            ("PATCH", "") when !request.IsCollection => PatchAsync(request, response, cancellationToken),
            ("PATCH", "status") when request.Kind.HasStatus => PatchAsync(request, response, cancellationToken),
            ("DELETE", "") => request.IsCollection
                ? DeleteManyAsync(request, response, cancellationToken)
                : DeleteAsync(request, response, cancellationToken),
            ("GET" or "PUT" or "PATCH", "scale") when Kinds.Scalable.Contains(request.Kind) => ScaleAsync(
                request,
                response,
                cancellationToken
            ),
            ("POST", "eviction") when request.Kind.IsPod => EvictAsync(request, response, cancellationToken),
            ("GET" or "POST", "exec") when request.Kind.IsPod => ExecAsync(request, cancellationToken),
            ("GET", "log") when request.Kind.IsPod => LogAsync(request, response, cancellationToken),
            ("GET" or "POST", "portforward") when request.Kind.IsPod => PortForwardAsync(request, cancellationToken),
            ("POST", "token") when request.Kind.Kind == "ServiceAccount" => TokenAsync(request, response, cancellationToken),
            ("POST", "binding") when request.Kind.IsPod => BindAsync(request, response, cancellationToken),
            (_, "") => throw ApiException.MethodNotAllowed(),
            _ => throw ApiException.NotImplemented($"{request.Http.Method} of {request.Kind.Plural}/{request.Subresource}"),
        };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} broke")]
    private static partial void LogFault(ILogger logger, Exception fault, string method, string path);

    private StoredObject Existing(ApiRequest request) =>
        store.Get(request.Kind, request.NamespaceOrNone, request.Name!) ?? throw ApiException.NotFound(request.Kind, request.Name!);

    private Task GetAsync(ApiRequest request, HttpResponse response, CancellationToken cancellationToken) =>
        Bodies.WriteAsync(response, 200, Representation.OfOne(request.Http, options.Time).One(Existing(request)), cancellationToken);

    private Task ListAsync(ApiRequest request, HttpResponse response, CancellationToken cancellationToken)
    {
        var representation = Representation.OfList(request.Http, options.Time);
        return Bodies.WriteAsync(
            response,
            200,
            representation.List(request.Kind, ListPage.Of(store, ListQuery.Of(request))),
            cancellationToken
        );
    }

    private async Task CreateAsync(ApiRequest request, HttpResponse response, CancellationToken cancellationToken)
    {
        var body = await Bodies.ReadObjectAsync(request.Http, options.MaxBodyBytes, cancellationToken);
        var ns =
            request.Namespace
            ?? (request.Kind.Namespaced ? throw ApiException.BadRequest("a namespace is needed to create this kind") : "");
        await RespondAsync(request, response, _writes.Create(request.Kind, ns, body, request.WriteOptions()), cancellationToken);
    }

    private async Task UpdateAsync(ApiRequest request, HttpResponse response, CancellationToken cancellationToken)
    {
        var body = await Bodies.ReadObjectAsync(request.Http, options.MaxBodyBytes, cancellationToken);
        var result = _writes.Update(request.Kind, request.NamespaceOrNone, request.Name!, body, request.WriteOptions(request.Subresource));
        await RespondAsync(request, response, result, cancellationToken);
    }

    private async Task PatchAsync(ApiRequest request, HttpResponse response, CancellationToken cancellationToken)
    {
        var type = Bodies.MediaType(request.Http);
        var body = Json.Parse(await Bodies.ReadAsync(request.Http, options.MaxBodyBytes, cancellationToken));
        var write = request.WriteOptions(request.Subresource);
        if (type == "application/apply-patch+yaml")
        {
            if (request.Query("fieldManager") is not { Length: > 0 })
            {
                throw ApiException.InvalidOptions(
                    "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch"
                );
            }

            await RespondAsync(
                request,
                response,
                _writes.Apply(request.Kind, request.NamespaceOrNone, request.Name!, body, write),
                cancellationToken
            );
            return;
        }

        if (write.Force)
        {
            throw ApiException.InvalidOptions(
                "PatchOptions.meta.k8s.io \"\" is invalid: force: Forbidden: may not be specified for non-apply patch"
            );
        }

        var change = Patches.Change(type, body, request.Kind);
        await RespondAsync(
            request,
            response,
            _writes.Patch(request.Kind, request.NamespaceOrNone, request.Name!, change, write),
            cancellationToken
        );
    }

    private async Task DeleteAsync(ApiRequest request, HttpResponse response, CancellationToken cancellationToken)
    {
        var delete = DeleteOptions.From(
            await Bodies.ReadOptionalAsync(request.Http, options.MaxBodyBytes, cancellationToken),
            request.Query
        );
        var (last, gone) = _deletions.Delete(request.Kind, request.NamespaceOrNone, request.Name!, delete);
        var showsObject =
            !gone || last.Kind.Kind is "Pod" or "PersistentVolumeClaim" or "PersistentVolume" or "Service" or "ServiceAccount";
        if (showsObject)
        {
            await Bodies.WriteAsync(response, 200, Representation.OfOne(request.Http, options.Time).One(last), cancellationToken);
            return;
        }

        var details = new JsonObject
        {
            ["name"] = last.Name,
            ["kind"] = last.Kind.Plural,
            ["uid"] = last.Uid,
        };
        if (last.Kind.Group.Length > 0)
        {
            details["group"] = last.Kind.Group;
        }

        await Bodies.WriteAsync(response, 200, Success(200, details), cancellationToken);
    }

    private async Task DeleteManyAsync(ApiRequest request, HttpResponse response, CancellationToken cancellationToken)
    {
        if (request.Kind.Namespaced && request.Namespace is null)
        {
            throw ApiException.MethodNotAllowed();
        }

        var delete = DeleteOptions.From(
            await Bodies.ReadOptionalAsync(request.Http, options.MaxBodyBytes, cancellationToken),
            request.Query
        );
        var representation = Representation.OfList(request.Http, options.Time);
        var page = ListPage.Of(store, ListQuery.Of(request));
        var deleted = new List<StoredObject>();
        foreach (var stored in page.Objects)
        {
            if (store.Get(stored.Kind, stored.Namespace, stored.Name) is not null)
            {
                deleted.Add(_deletions.Delete(stored.Kind, stored.Namespace, stored.Name, delete).Last);
            }
        }

        await Bodies.WriteAsync(response, 200, representation.List(request.Kind, page with { Objects = deleted }), cancellationToken);
    }

    private async Task ScaleAsync(ApiRequest request, HttpResponse response, CancellationToken cancellationToken)
    {
        if (request.Http.Method == "GET")
        {
            await Bodies.WriteAsync(response, 200, Scale.Of(Existing(request)), cancellationToken);
            return;
        }

        var write = request.WriteOptions("scale");
        Func<JsonObject, JsonNode> change;
        if (request.Http.Method == "PUT")
        {
            var scale = await Bodies.ReadObjectAsync(request.Http, options.MaxBodyBytes, cancellationToken);
            change = _ => scale.DeepClone();
        }
        else
        {
            change = Scale.Change(
                Bodies.MediaType(request.Http),
                Json.Parse(await Bodies.ReadAsync(request.Http, options.MaxBodyBytes, cancellationToken))
            );
        }

        var result = _writes.Patch(request.Kind, request.NamespaceOrNone, request.Name!, node => Scale.Laid(node, change), write);
        await Bodies.WriteAsync(response, 200, Scale.Of(result.Object), cancellationToken);
    }

    private async Task EvictAsync(ApiRequest request, HttpResponse response, CancellationToken cancellationToken)
    {
        var body = await Bodies.ReadObjectAsync(request.Http, options.MaxBodyBytes, cancellationToken);
        _pods.Evict(request.NamespaceOrNone, request.Name!, DeleteOptions.From(body["deleteOptions"], request.Query));
        await Bodies.WriteAsync(response, 201, Success(201, null), cancellationToken);
    }

    private Task ExecAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        _ = Existing(request);
        return ExecStream.ServeAsync(
            Containers ?? throw ApiException.NotImplemented("pods/exec without a node"),
            request,
            cancellationToken
        );
    }

    private Task LogAsync(ApiRequest request, HttpResponse response, CancellationToken cancellationToken)
    {
        // As a real server does it: a pod that no node has says nothing.
        return Existing(request).Fields["spec.nodeName"].Length == 0
            ? Task.CompletedTask
            : LogStream.ServeAsync(
                Containers ?? throw ApiException.NotImplemented("pods/log without a node"),
                request,
                response,
                options.Time,
                cancellationToken
            );
    }

    private Task PortForwardAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        _ = Existing(request);
        return PortForward.ServeAsync(
            Containers ?? throw ApiException.NotImplemented("pods/portforward without a node"),
            request,
            cancellationToken
        );
    }

    private async Task BindAsync(ApiRequest request, HttpResponse response, CancellationToken cancellationToken)
    {
        var body = await Bodies.ReadObjectAsync(request.Http, options.MaxBodyBytes, cancellationToken);
        _pods.Bind(request.NamespaceOrNone, request.Name!, body, ApiRequest.IsDryRun(request.Query("dryRun")));
        await Bodies.WriteAsync(response, 201, Success(201, null), cancellationToken);
    }

    /// <summary>A token of a service account, as <c>kubectl create token</c> asks for it: who uses it is held to that account's
    /// roles.</summary>
    private async Task TokenAsync(ApiRequest request, HttpResponse response, CancellationToken cancellationToken)
    {
        var answer = await Bodies.ReadObjectAsync(request.Http, options.MaxBodyBytes, cancellationToken);
        var account = Existing(request);
        answer["status"] = new JsonObject
        {
            ["token"] = tokens.Issue(new(account.Namespace, account.Name)),
            ["expirationTimestamp"] = options
                .Time.GetUtcNow()
                .AddYears(1)
                .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        };
        await Bodies.WriteAsync(response, 201, answer, cancellationToken);
    }

    private async Task RespondAsync(ApiRequest request, HttpResponse response, WriteResult result, CancellationToken cancellationToken)
    {
        foreach (var warning in result.Warnings)
        {
            response.Headers.Append(
                "Warning",
                string.Create(CultureInfo.InvariantCulture, $"299 - \"{warning.Replace("\"", "\\\"", StringComparison.Ordinal)}\"")
            );
        }

        await Bodies.WriteAsync(
            response,
            result.Created ? 201 : 200,
            Representation.OfOne(request.Http, options.Time).One(result.Object),
            cancellationToken
        );
    }

    private static JsonObject Success(int code, JsonObject? details)
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
        };
        if (details is not null)
        {
            status["details"] = details;
        }
        else
        {
            status["code"] = code;
        }

        return status;
    }
}
