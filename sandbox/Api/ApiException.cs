using System.Text.Json.Nodes;
using GitOpsOperator.Sandbox.Api.Lists;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>A refusal, as the client sees it: a Status object with code, reason and causes.</summary>
internal sealed class ApiException : Exception
{
    private readonly string _reason;
    private readonly JsonObject? _details;
    private readonly string? _continue;

    private ApiException(int code, string reason, string message, JsonObject? details = null, string? @continue = null)
        : base(message)
    {
        Code = code;
        _reason = reason;
        _details = details;
        _continue = @continue;
    }

    public int Code { get; }

    public JsonObject ToStatus()
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = _continue is null ? [] : new JsonObject { ["continue"] = _continue },
            ["status"] = "Failure",
            ["message"] = Message,
            ["reason"] = _reason,
        };
        if (_details is not null)
        {
            status["details"] = _details.DeepClone();
        }

        status["code"] = Code;
        return status;
    }

    public static ApiException NotFound(ResourceKind kind, string name) =>
        new(404, "NotFound", $"{kind.Qualified} \"{name}\" not found", Details(kind, name));

    public static ApiException NoSuchPath() => new(404, "NotFound", "the server could not find the requested resource", []);

    public static ApiException AlreadyExists(ResourceKind kind, string name) =>
        new(409, "AlreadyExists", $"{kind.Qualified} \"{name}\" already exists", Details(kind, name));

    public static ApiException Conflict(ResourceKind kind, string name, string why) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {kind.Qualified} \"{name}\": {why}", Details(kind, name));

    public static ApiException ApplyConflict(string message, JsonArray causes) =>
        new(409, "Conflict", message, new JsonObject { ["causes"] = causes });

    public static ApiException Modified(ResourceKind kind, string name) =>
        Conflict(kind, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static ApiException Invalid(ResourceKind kind, string name, IReadOnlyList<InvalidField> faults)
    {
        var details = Details(kind, name);
        details["kind"] = kind.Kind;
        details["causes"] = new JsonArray([
            .. faults.Select(fault => new JsonObject
            {
                ["reason"] = fault.Reason,
                ["message"] = fault.Message,
                ["field"] = fault.Field,
            }),
        ]);
        var told =
            faults.Count == 1
                ? $"{faults[0].Field}: {faults[0].Message}"
                : "[" + string.Join(", ", faults.Select(fault => $"{fault.Field}: {fault.Message}")) + "]";
        var qualified = kind.Group.Length == 0 ? kind.Kind : $"{kind.Kind}.{kind.Group}";
        return new(422, "Invalid", $"{qualified} \"{name}\" is invalid: {told}", details);
    }

    public static ApiException InvalidOptions(string message) => new(422, "Invalid", message);

    public static ApiException BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiException Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    public static ApiException Forbidden(ResourceKind kind, string name, string why) =>
        new(403, "Forbidden", $"{kind.Qualified} \"{name}\" is forbidden: {why}", Details(kind, name));

    /// <param name="resource">With its subresource.</param>
    public static ApiException Forbidden(string user, string verb, string group, string resource, string ns, string name) =>
        new(
            403,
            "Forbidden",
            $"{resource.Split('/')[0]}{(group.Length > 0 ? "." : "")}{group}{(name.Length > 0 ? $" \"{name}\"" : "")} is "
                + $"forbidden: User \"{user}\" cannot {verb} "
                + $"resource \"{resource}\" in API group \"{group}\" "
                + $"{(ns.Length > 0 ? $"in the namespace \"{ns}\"" : "at the cluster scope")}"
        );

    public static ApiException MethodNotAllowed() =>
        new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", []);

    public static ApiException Expired(long wanted, long oldest) => new(410, "Expired", $"too old resource version: {wanted} ({oldest})");

    /// <param name="rest">With which the client gets the rest as it is now, where it prefers that to a new list.</param>
    public static ApiException PagesExpired(ContinueToken rest) =>
        new(
            410,
            "Expired",
            "The provided continue parameter is too old to display a consistent list result. You can start a new list without "
                + "the continue parameter, or use the continue token in this response to retrieve "
                + "the remainder of the results. Continuing with the provided token results in an inconsistent list - objects "
                + "that were created, modified, or deleted between the time the first chunk was "
                + "returned and now may show up in the list.",
            @continue: rest.ToString()
        );

    public static ApiException NotAcceptable(string why) => new(406, "NotAcceptable", why);

    public static ApiException TooLarge(int limit) => TooLarge($"limit is {limit}");

    public static ApiException TooLarge(string why) => new(413, "RequestEntityTooLarge", $"Request entity too large: {why}");

    public static ApiException UnsupportedMediaType(string accepted) =>
        new(415, "UnsupportedMediaType", $"the body of the request was in an unknown format - accepted media types include: {accepted}");

    public static ApiException DisruptionBudget(string pdb, long healthy, long desired) =>
        new(
            429,
            "TooManyRequests",
            "Cannot evict pod as it would violate the pod's disruption budget.",
            new JsonObject
            {
                ["causes"] = new JsonArray(
                    new JsonObject
                    {
                        ["reason"] = "DisruptionBudget",
                        ["message"] = $"The disruption budget {pdb} needs {desired} healthy pods and has {healthy} currently",
                    }
                ),
            }
        );

    public static ApiException Fault(Exception fault) => new(500, "InternalError", $"Internal error occurred: {fault.Message}");

    public static ApiException TooNew(long wanted, long current) =>
        new(
            504,
            "Timeout",
            $"Timeout: Too large resource version: {wanted}, current: {current}",
            new JsonObject
            {
                ["causes"] = new JsonArray(
                    new JsonObject { ["reason"] = "ResourceVersionTooLarge", ["message"] = "Too large resource version" }
                ),
                ["retryAfterSeconds"] = 1,
            }
        );

    /// <summary>What a real server does and this one does not: said by name, never answered half right.</summary>
    public static ApiException NotImplemented(string what) => new(501, "NotImplemented", NotDone(what));

    /// <summary>The same to who asks whether it is there.</summary>
    public static ApiException NotServed(string what) => new(404, "NotFound", NotDone(what), []);

    private static string NotDone(string what) => $"the sandbox's API server does not do this: {what}; use a real cluster for it";

    private static JsonObject Details(ResourceKind kind, string name)
    {
        var details = new JsonObject { ["name"] = name };
        if (kind.Group.Length > 0)
        {
            details["group"] = kind.Group;
        }

        details["kind"] = kind.Plural;
        return details;
    }
}

/// <param name="Reason">FieldValueInvalid, FieldValueRequired, FieldValueForbidden...</param>
internal sealed record InvalidField(string Field, string Reason, string Message)
{
    public static InvalidField Value(string field, string? value, string why) =>
        new(field, "FieldValueInvalid", $"Invalid value: \"{value}\": {why}");

    public static InvalidField Required(string field, string why = "") =>
        new(field, "FieldValueRequired", why.Length == 0 ? "Required value" : $"Required value: {why}");

    public static InvalidField Forbidden(string field, string why) => new(field, "FieldValueForbidden", $"Forbidden: {why}");
}
