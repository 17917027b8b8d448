using System.Collections.Immutable;
using System.Reflection;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;

namespace GitOpsOperator.Operator.Page;

/// <summary>
/// The read-only page: what the operator knows of clusters, pull requests and repositories, for people. It runs no scripts, loads nothing from elsewhere
/// and changes nothing; every value is encoded by the renderer.
/// </summary>
internal sealed class PageEndpoint(string operatorId, OperatorParts parts, TimeProvider time) : IDisposable
{
    /// <summary>Nothing but our own style sheet: a value that got past the encoding could still do nothing.</summary>
    private const string Policy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly string Version = typeof(PageEndpoint).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    private static readonly Lazy<byte[]> Style = new(() =>
    {
        using var stream = typeof(PageEndpoint).Assembly.GetManifestResourceStream("page.css")!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    });

    private readonly LeaderPage _leader = new(time);

    /// <returns>False where there is no such page; nothing is written then.</returns>
    public async Task<bool> TryAnswerAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            return false;
        }

        var path = context.Request.Path.Value?.Split('/') ?? [];
        if (path is ["", ""] or ["", "clusters" or "pulls", ..] && parts.Election?.HolderPage is { } page && await _leader.FetchAsync(page, context.Request, context.RequestAborted) is { } fetched)
        {
            context.Response.StatusCode = fetched.Found ? StatusCodes.Status200OK : StatusCodes.Status404NotFound;
            Harden(context.Response, fetched.Found ? "text/html; charset=utf-8" : "text/plain; charset=utf-8");
            await context.Response.Body.WriteAsync(fetched.Body, context.RequestAborted);
            return true;
        }

        switch (path)
        {
            case ["", ""]:
                await WriteAsync<Overview>(context, new()
                {
                    [nameof(Overview.Clusters)] = parts.Reports.OrderBy(report => report.Cluster).ToImmutableArray(),
                    [nameof(Overview.Pulls)] = Pulls.ToImmutableArray(),
                    [nameof(Overview.Repositories)] = Repositories.ToImmutableArray(),
                });
                return true;
            case ["", "page.css"]:
                Harden(context.Response, "text/css; charset=utf-8");
                await context.Response.Body.WriteAsync(Style.Value, context.RequestAborted);
                return true;
            case ["", "clusters", var domain, var @namespace, var name] when parts.Reports.FirstOrDefault(report => report.Cluster == new Specs.ClusterKey(domain, @namespace, name)) is { } cluster:
                await WriteAsync<ClusterPage>(context, new() { [nameof(ClusterPage.Cluster)] = cluster });
                return true;
            case ["", "pulls", var repository, var number] when Pulls.FirstOrDefault(pull => pull.Repository == repository && $"{pull.Number}" == number) is { } pull:
                await WriteAsync<PullPage>(context, new() { [nameof(PullPage.Pull)] = pull });
                return true;
            default:
                return false;
        }
    }

    public void Dispose() => _leader.Dispose();

    private IEnumerable<OpenPull> Pulls => parts.PullRequests.All.SelectMany(pass => pass.Open);

    private IEnumerable<RepositoryView> Repositories => parts.Repositories.All.Select(repository => repository.Follower).Select(follower => new RepositoryView(
        follower.Name, follower.Report.Revision, follower.Report.Fault, follower.LastInStep is { } at ? time.GetElapsedTime(at) : null, follower.Report.Findings));

    private async Task WriteAsync<TPage>(HttpContext context, Dictionary<string, object?> parameters)
        where TPage : IComponent
    {
        parameters["Operator"] = new OperatorView(operatorId, Version, parts.Election?.Holds ?? true, parts.Election?.Holder, parts.StoppedBecause);
        await using var renderer = new HtmlRenderer(context.RequestServices, context.RequestServices.GetRequiredService<ILoggerFactory>());
        var html = await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<TPage>(ParameterView.FromDictionary(parameters))).ToHtmlString());
        Harden(context.Response, "text/html; charset=utf-8");
        await context.Response.WriteAsync(html, context.RequestAborted);
    }

    private static void Harden(HttpResponse response, string type)
    {
        response.ContentType = type;
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.CacheControl = "no-store";
    }
}
