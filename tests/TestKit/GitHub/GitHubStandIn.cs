using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.TestKit.GitHub;

/// <summary>
/// GitHub's API over HTTP on this machine, for one repository. Every request is refused, and every answer checked, by GitHub's published
/// description; what does not fit it, and any route that is not one of the few here, is kept in <see cref="Faults"/>, which fails the test.
/// </summary>
public sealed class GitHubStandIn : IAsyncDisposable
{
    public const string Token = "ghp_CanaryTokenThatMustNeverBeSeen0001";
    public const string Login = "gitops-bot";

    private readonly WebApplication _app;
    private readonly OpenApiDescription _description = PublishedDescription.Value;
    private readonly Lock _lock = new();
    private int _ids = 1000;

    private GitHubStandIn()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(HandleAsync);
    }

    public Uri Api => new(_app.Urls.Single() + "/");

    /// <summary>What did not fit the description.</summary>
    public ConcurrentQueue<string> Faults { get; } = [];

    /// <summary>Every request as METHOD PATH?QUERY STATUS, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public SortedDictionary<int, JsonObject> Pulls { get; } = [];

    public List<JsonObject> Comments { get; } = [];

    public ConcurrentQueue<(string Commit, string State, string Context, string Description)> Statuses { get; } = [];

    /// <summary>Where the operator speaks as an App: the App's key.</summary>
    public RSA? AppKey { get; set; }

    /// <summary>The token last given to an installation.</summary>
    public string? InstallationToken { get; set; }

    public DateTimeOffset TokenEnds { get; set; }

    /// <summary>Asked before each request; an answer of its own is sent instead. Runs outside the lock, so it may change what is
    /// here.</summary>
    public Func<HttpRequest, StandInAnswer?> Before { get; set; } = _ => null;

    public static async Task<GitHubStandIn> StartAsync()
    {
        var forge = new GitHubStandIn();
        await forge._app.StartAsync();
        return forge;
    }

    /// <summary>The comments of one pull request that one login made.</summary>
    public List<JsonObject> CommentsBy(string login, int number)
    {
        lock (_lock)
        {
            return [.. Comments.Where(comment => comment["user"]!["login"]!.GetValue<string>() == login && Number(comment) == number)];
        }
    }

    public void Open(int number, string head, string author = "alice", bool fork = false, string target = "main")
    {
        lock (_lock)
        {
            var pull = (JsonObject)JsonNode.Parse(_description.Example("pull-request").GetRawText())!;
            pull["number"] = number;
            pull["state"] = "open";
            pull["merged"] = false;
            pull["merged_at"] = null;
            pull["merge_commit_sha"] = new string('0', 40);
            pull["user"]!["login"] = author;
            pull["head"]!["sha"] = head;
            pull["head"]!["repo"]!["id"] = fork ? 2 : 1;
            pull["base"]!["repo"]!["id"] = 1;
            pull["base"]!["ref"] = target;

            // The published example itself lacks fields here that the published schema requires.
            pull["requested_teams"] = new JsonArray();
            Pulls[number] = pull;
        }
    }

    public void Merge(int number, string commit)
    {
        lock (_lock)
        {
            var pull = Pulls[number];
            pull["state"] = "closed";
            pull["merged"] = true;
            pull["merged_at"] = "2026-01-02T03:04:05Z";
            pull["merge_commit_sha"] = commit;
        }
    }

    public JsonObject AddComment(int number, string author, string body)
    {
        lock (_lock)
        {
            var comment = (JsonObject)JsonNode.Parse(_description.Example("issue-comment").GetRawText())!;
            var id = ++_ids;
            comment["id"] = id;
            comment["user"]!["login"] = author;
            comment["body"] = body;
            comment["html_url"] = $"https://github.com/acme/clusters/pull/{number}#issuecomment-{id}";
            comment["issue_url"] = $"https://api.github.com/repos/acme/clusters/issues/{number}";
            Comments.Add(comment);
            return comment;
        }
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static int Number(JsonObject comment) =>
        int.Parse(comment["issue_url"]!.GetValue<string>().Split('/')[^1], CultureInfo.InvariantCulture);

    private async Task HandleAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        StandInAnswer answer;
        try
        {
            answer = Before(context.Request) ?? Answer(context.Request, body);
        }
#pragma warning disable CA1031 // Whatever it is, the test that made the request has to fail with it.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            answer = Fault($"{context.Request.Method} {context.Request.Path}: {fault}", 500);
        }

        Requests.Enqueue($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {answer.Status}");
        context.Response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
        {
            context.Response.Headers[name] = value;
        }

        if (answer.Body.Length > 0)
        {
            context.Response.ContentType = "application/json; charset=utf-8";
            await context.Response.WriteAsync(answer.Body, context.RequestAborted);
        }
    }

    private StandInAnswer Answer(HttpRequest request, string body)
    {
        if (_description.Find(request.Method, request.Path) is not { } operation)
        {
            return Fault($"{request.Method} {request.Path} is not described", 404);
        }

        if (!IsAuthorized(request))
        {
            return Checked(operation, new(401, """{"message":"Bad credentials"}""", []));
        }

        if (request.Headers.UserAgent.Count == 0)
        {
            return Fault("GitHub refuses requests without User-Agent", 403);
        }

        if (_description.RequestFaults(operation, request.Query, body) is { Count: > 0 } faults)
        {
            return Fault(string.Join("; ", faults), 422);
        }

        lock (_lock)
        {
            var answer = Route(operation, request, body.Length > 0 ? (JsonObject)JsonNode.Parse(body)! : []);
            return answer is null
                ? Fault($"{request.Method} {operation.Path} is not part of this stand-in", 404)
                : Checked(operation, Tagged(request, answer));
        }
    }

    private StandInAnswer? Route(Operation operation, HttpRequest request, JsonObject body)
    {
        var number = int.Parse(
            operation.PathValues.GetValueOrDefault("pull_number") ?? operation.PathValues.GetValueOrDefault("issue_number") ?? "0",
            CultureInfo.InvariantCulture
        );
        switch ($"{request.Method} {operation.Path}")
        {
            case "GET /app":
                var integration = (JsonObject)JsonNode.Parse(_description.Example("integration").GetRawText())!;
                integration["slug"] = "gitops";
                return Json(200, integration);
            case "POST /app/installations/{installation_id}/access_tokens":
                InstallationToken = $"ghs_installation{++_ids}";
                return Json(
                    201,
                    new JsonObject
                    {
                        ["token"] = InstallationToken,
                        ["expires_at"] = $"{TokenEnds:O}",
                        ["permissions"] = new JsonObject { ["issues"] = "write" },
                    }
                );
            case "GET /user":
                return Json(200, CurrentUser());
            case "GET /repos/{owner}/{repo}/pulls":
                var state = request.Query["state"].ToString();
                return Page(
                    request,
                    [.. Pulls.Values.Where(pull => state is "" or "all" || pull["state"]!.GetValue<string>() == state).Select(Simple)]
                );
            case "GET /repos/{owner}/{repo}/pulls/{pull_number}":
                return Pulls.TryGetValue(number, out var pull) ? Json(200, pull) : NotFound;
            case "GET /repos/{owner}/{repo}/issues/{issue_number}/comments":
                return Page(request, [.. Comments.Where(comment => Number(comment) == number)]);
            case "POST /repos/{owner}/{repo}/issues/{issue_number}/comments":
                return Pulls.ContainsKey(number)
                    ? Json(201, AddComment(number, AppKey is null ? Login : "gitops[bot]", body["body"]!.GetValue<string>()))
                    : NotFound;
            case "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}":
                var edited = Comments.FirstOrDefault(comment => comment["id"]!.ToString() == operation.PathValues["comment_id"]);
                if (edited is null)
                {
                    return NotFound;
                }

                edited["body"] = body["body"]!.GetValue<string>();
                return Json(200, edited);
            case "POST /repos/{owner}/{repo}/statuses/{sha}":
                Statuses.Enqueue((operation.PathValues["sha"], $"{body["state"]}", $"{body["context"]}", $"{body["description"]}"));
                var status = (JsonObject)JsonNode.Parse(_description.Example("status").GetRawText())!;
                (status["state"], status["context"], status["description"]) = (
                    $"{body["state"]}",
                    $"{body["context"]}",
                    $"{body["description"]}"
                );
                return Json(201, status);
            default:
                return null;
        }
    }

    private static StandInAnswer NotFound { get; } =
        new(404, """{"message":"Not Found","documentation_url":"https://docs.github.com/rest","status":"404"}""", []);

    /// <summary>The App's own routes take a statement that the App's key signed, all others the token that was given for it.</summary>
    private bool IsAuthorized(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        if (AppKey is null)
        {
            return authorization == $"Token {Token}";
        }

        if (!request.Path.StartsWithSegments("/app"))
        {
            return InstallationToken is not null && authorization == $"Token {InstallationToken}";
        }

        return authorization.StartsWith("Bearer ", StringComparison.Ordinal)
            && authorization["Bearer ".Length..].Split('.') is [var header, var claims, var signature]
            && AppKey.VerifyData(
                Encoding.ASCII.GetBytes($"{header}.{claims}"),
                System.Buffers.Text.Base64Url.DecodeFromChars(signature),
                HashAlgorithmName.SHA256,
                RSASignaturePadding.Pkcs1
            )
            && JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(claims)) is { } stated
            && $"{stated["iss"]}" == "4711"
            && stated["exp"]!.GetValue<long>() - stated["iat"]!.GetValue<long>() <= 600;
    }

    private JsonObject CurrentUser()
    {
        var user = (JsonObject)JsonNode.Parse(_description.Example("issue-comment").GetProperty("user").GetRawText())!;
        user["login"] = Login;
        (user["name"], user["company"], user["blog"], user["location"], user["email"], user["hireable"], user["bio"]) = (
            "Bot",
            null,
            "",
            null,
            null,
            null,
            null
        );
        (user["public_repos"], user["public_gists"], user["followers"], user["following"]) = (0, 0, 0, 0);
        (user["created_at"], user["updated_at"], user["user_view_type"]) = ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z", "public");
        return user;
    }

    /// <summary>As the list shows it, which says less than the single one.</summary>
    private JsonObject Simple(JsonObject pull)
    {
        var simple = (JsonObject)JsonNode.Parse(_description.Example("pull-request-simple-items").EnumerateArray().First().GetRawText())!;
        foreach (var name in (string[])["number", "state", "merged_at", "merge_commit_sha", "user", "head", "base", "requested_teams"])
        {
            simple[name] = pull[name]?.DeepClone();
        }

        return simple;
    }

    private StandInAnswer Page(HttpRequest request, List<JsonObject> all)
    {
        var size = int.TryParse(request.Query["per_page"], out var given) ? given : 30;
        var page = int.TryParse(request.Query["page"], out var at) ? at : 1;
        var last = Math.Max(1, (all.Count + size - 1) / size);
        var answer = Json(200, new JsonArray([.. all.Skip((page - 1) * size).Take(size).Select(item => item.DeepClone())]));
        var links = new List<string>();
        if (page < last)
        {
            links.Add(
                $"<{Api}repositories/1"
                    + $"{request.Path.Value![request.Path.Value!.IndexOf("clusters", StringComparison.Ordinal)..]["clusters".Length..]}"
                    + $"?per_page={size}&page={page + 1}>; rel=\"next\""
            );
            links.Add($"<{Api}repositories/1/x?per_page={size}&page={last}>; rel=\"last\"");
        }

        return links.Count == 0 ? answer : answer with { Headers = new() { ["Link"] = string.Join(", ", links) } };
    }

    private static StandInAnswer Json(int status, JsonNode body) => new(status, body.ToJsonString(), []);

    private static StandInAnswer Tagged(HttpRequest request, StandInAnswer answer)
    {
        if (request.Method != "GET" || answer.Status != 200)
        {
            return answer;
        }

        var tag = $"W/\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(answer.Body)))[..32]}\"";
        return request.Headers.IfNoneMatch == tag
            ? new(304, "", new() { ["ETag"] = tag })
            : answer with
            {
                Headers = new(answer.Headers) { ["ETag"] = tag },
            };
    }

    private StandInAnswer Checked(Operation operation, StandInAnswer answer)
    {
        foreach (var fault in answer.Status == 304 ? [] : _description.ResponseFaults(operation, answer.Status, answer.Body))
        {
            Faults.Enqueue($"the stand-in's own answer: {fault}");
        }

        return answer;
    }

    private StandInAnswer Fault(string what, int status)
    {
        Faults.Enqueue(what);
        return new(status, new JsonObject { ["message"] = what }.ToJsonString(), []);
    }
}

public sealed record StandInAnswer(int Status, string Body, Dictionary<string, string> Headers);
