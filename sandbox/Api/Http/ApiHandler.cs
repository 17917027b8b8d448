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
        var (request, response, ct) = (context.Request, context.Response, context.RequestAborted);
        try
        {
            if (await _discovery.TryAnswerAsync(request, response, ct))
            {
                return;
            }

            await AnswerAsync(ApiRequest.Parse(request, kinds), response, ct);
        }
        catch (ApiException error) when (!response.HasStarted)
        {
            await Bodies.WriteAsync(response, error.Code, error.ToStatus(), ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
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

            await Bodies.WriteAsync(response, 500, ApiException.Fault(error).ToStatus(), ct);
        }
    }

    private Task AnswerAsync(ApiRequest request, HttpResponse response, CancellationToken ct) =>
        (request.Http.Method, request.Subresource) switch
        {
            ("GET", "") when request.IsWatch => _watches.ServeAsync(request, response, ct),
            ("GET", "") when request.IsCollection => ListAsync(request, response, ct),
            ("GET", "") => GetAsync(request, response, ct),
            ("GET", "status") when request.Kind.HasStatus => GetAsync(request, response, ct),
            ("POST", "") when request.IsCollection => CreateAsync(request, response, ct),
            ("PUT", "") when !request.IsCollection => UpdateAsync(request, response, ct),
            ("PUT", "status") when request.Kind.HasStatus => UpdateAsync(request, response, ct),
            ("PATCH", "") when !request.IsCollection => PatchAsync(request, response, ct),
            ("PATCH", "status") when request.Kind.HasStatus => PatchAsync(request, response, ct),
            ("DELETE", "") => request.IsCollection ? DeleteManyAsync(request, response, ct) : DeleteAsync(request, response, ct),
            ("GET" or "PUT" or "PATCH", "scale") when Kinds.Scalable.Contains(request.Kind) => ScaleAsync(request, response, ct),
            ("POST", "eviction") when request.Kind.IsPod => EvictAsync(request, response, ct),
            ("GET" or "POST", "exec") when request.Kind.IsPod => ExecAsync(request, ct),
            ("GET", "log") when request.Kind.IsPod => LogAsync(request, response, ct),
            ("GET" or "POST", "portforward") when request.Kind.IsPod => PortForwardAsync(request, ct),
            ("POST", "token") when request.Kind.Kind == "ServiceAccount" => TokenAsync(request, response, ct),
            ("POST", "binding") when request.Kind.IsPod => BindAsync(request, response, ct),
            (_, "") => throw ApiException.MethodNotAllowed(),
            _ => throw ApiException.NotImplemented($"{request.Http.Method} of {request.Kind.Plural}/{request.Subresource}"),
        };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} broke")]
    private static partial void LogFault(ILogger logger, Exception fault, string method, string path);

    private StoredObject Existing(ApiRequest request) =>
        store.Get(request.Kind, request.NamespaceOrNone, request.Name!) ?? throw ApiException.NotFound(request.Kind, request.Name!);

    private Task GetAsync(ApiRequest request, HttpResponse response, CancellationToken ct) =>
        Bodies.WriteAsync(response, 200, Representation.OfOne(request.Http, options.Time).One(Existing(request)), ct);

    private Task ListAsync(ApiRequest request, HttpResponse response, CancellationToken ct)
    {
        var representation = Representation.OfList(request.Http, options.Time);
        return Bodies.WriteAsync(response, 200, representation.List(request.Kind, ListPage.Of(store, ListQuery.Of(request))), ct);
    }

    private async Task CreateAsync(ApiRequest request, HttpResponse response, CancellationToken ct)
    {
        var body = await Bodies.ReadObjectAsync(request.Http, options.MaxBodyBytes, ct);
        var ns =
            request.Namespace
            ?? (request.Kind.Namespaced ? throw ApiException.BadRequest("a namespace is needed to create this kind") : "");
        await RespondAsync(request, response, _writes.Create(request.Kind, ns, body, request.WriteOptions()), ct);
    }

    private async Task UpdateAsync(ApiRequest request, HttpResponse response, CancellationToken ct)
    {
        var body = await Bodies.ReadObjectAsync(request.Http, options.MaxBodyBytes, ct);
        var result = _writes.Update(request.Kind, request.NamespaceOrNone, request.Name!, body, request.WriteOptions(request.Subresource));
        await RespondAsync(request, response, result, ct);
    }

    private async Task PatchAsync(ApiRequest request, HttpResponse response, CancellationToken ct)
    {
        var type = Bodies.MediaType(request.Http);
        var body = Json.Parse(await Bodies.ReadAsync(request.Http, options.MaxBodyBytes, ct));
        var write = request.WriteOptions(request.Subresource);
        if (type == "application/apply-patch+yaml")
        {
            if (request.Query("fieldManager") is not { Length: > 0 })
            {
                throw ApiException.InvalidOptions(
                    "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch"
                );
            }

            await RespondAsync(request, response, _writes.Apply(request.Kind, request.NamespaceOrNone, request.Name!, body, write), ct);
            return;
        }

        if (write.Force)
        {
            throw ApiException.InvalidOptions(
                "PatchOptions.meta.k8s.io \"\" is invalid: force: Forbidden: may not be specified for non-apply patch"
            );
        }

        var change = Patches.Change(type, body, request.Kind);
        await RespondAsync(request, response, _writes.Patch(request.Kind, request.NamespaceOrNone, request.Name!, change, write), ct);
    }

    private async Task DeleteAsync(ApiRequest request, HttpResponse response, CancellationToken ct)
    {
        var delete = DeleteOptions.From(await Bodies.ReadOptionalAsync(request.Http, options.MaxBodyBytes, ct), request.Query);
        var (last, gone) = _deletions.Delete(request.Kind, request.NamespaceOrNone, request.Name!, delete);
        var showsObject =
            !gone || last.Kind.Kind is "Pod" or "PersistentVolumeClaim" or "PersistentVolume" or "Service" or "ServiceAccount";
        if (showsObject)
        {
            await Bodies.WriteAsync(response, 200, Representation.OfOne(request.Http, options.Time).One(last), ct);
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

        await Bodies.WriteAsync(response, 200, Success(200, details), ct);
    }

    private async Task DeleteManyAsync(ApiRequest request, HttpResponse response, CancellationToken ct)
    {
        if (request.Kind.Namespaced && request.Namespace is null)
        {
            throw ApiException.MethodNotAllowed();
        }

        var delete = DeleteOptions.From(await Bodies.ReadOptionalAsync(request.Http, options.MaxBodyBytes, ct), request.Query);
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

        await Bodies.WriteAsync(response, 200, representation.List(request.Kind, page with { Objects = deleted }), ct);
    }

    private async Task ScaleAsync(ApiRequest request, HttpResponse response, CancellationToken ct)
    {
        if (request.Http.Method == "GET")
        {
            await Bodies.WriteAsync(response, 200, Scale.Of(Existing(request)), ct);
            return;
        }

        var write = request.WriteOptions("scale");
        Func<JsonObject, JsonNode> change;
        if (request.Http.Method == "PUT")
        {
            var scale = await Bodies.ReadObjectAsync(request.Http, options.MaxBodyBytes, ct);
            change = _ => scale.DeepClone();
        }
        else
        {
            change = Scale.Change(
                Bodies.MediaType(request.Http),
                Json.Parse(await Bodies.ReadAsync(request.Http, options.MaxBodyBytes, ct))
            );
        }

        var result = _writes.Patch(request.Kind, request.NamespaceOrNone, request.Name!, node => Scale.Laid(node, change), write);
        await Bodies.WriteAsync(response, 200, Scale.Of(result.Object), ct);
    }

    private async Task EvictAsync(ApiRequest request, HttpResponse response, CancellationToken ct)
    {
        var body = await Bodies.ReadObjectAsync(request.Http, options.MaxBodyBytes, ct);
        _pods.Evict(request.NamespaceOrNone, request.Name!, DeleteOptions.From(body["deleteOptions"], request.Query));
        await Bodies.WriteAsync(response, 201, Success(201, null), ct);
    }

    private Task ExecAsync(ApiRequest request, CancellationToken ct)
    {
        _ = Existing(request);
        return ExecStream.ServeAsync(Containers ?? throw ApiException.NotImplemented("pods/exec without a node"), request, ct);
    }

    private Task LogAsync(ApiRequest request, HttpResponse response, CancellationToken ct)
    {
        // As a real server does it: a pod that no node has says nothing.
        return Existing(request).Fields["spec.nodeName"].Length == 0
            ? Task.CompletedTask
            : LogStream.ServeAsync(
                Containers ?? throw ApiException.NotImplemented("pods/log without a node"),
                request,
                response,
                options.Time,
                ct
            );
    }

    private Task PortForwardAsync(ApiRequest request, CancellationToken ct)
    {
        _ = Existing(request);
        return PortForward.ServeAsync(Containers ?? throw ApiException.NotImplemented("pods/portforward without a node"), request, ct);
    }

    private async Task BindAsync(ApiRequest request, HttpResponse response, CancellationToken ct)
    {
        var body = await Bodies.ReadObjectAsync(request.Http, options.MaxBodyBytes, ct);
        _pods.Bind(request.NamespaceOrNone, request.Name!, body, ApiRequest.IsDryRun(request.Query("dryRun")));
        await Bodies.WriteAsync(response, 201, Success(201, null), ct);
    }

    /// <summary>A token of a service account, as <c>kubectl create token</c> asks for it: who uses it is held to that account's roles.</summary>
    private async Task TokenAsync(ApiRequest request, HttpResponse response, CancellationToken ct)
    {
        var answer = await Bodies.ReadObjectAsync(request.Http, options.MaxBodyBytes, ct);
        var account = Existing(request);
        answer["status"] = new JsonObject
        {
            ["token"] = tokens.Issue(new(account.Namespace, account.Name)),
            ["expirationTimestamp"] = options
                .Time.GetUtcNow()
                .AddYears(1)
                .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        };
        await Bodies.WriteAsync(response, 201, answer, ct);
    }

    private async Task RespondAsync(ApiRequest request, HttpResponse response, WriteResult result, CancellationToken ct)
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
            ct
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
