using System.Collections.Immutable;
using System.Reflection;
using GitOpsOperator.Operator.State;
using GitOpsOperator.Specs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace GitOpsOperator.Operator.Outputs.Page;

/// <summary>
/// The read-only page: what the operator knows of clusters, pull requests and repositories, for people. It runs no scripts, loads nothing
/// from elsewhere and changes nothing; every value is encoded by the renderer.
/// </summary>
internal sealed class PageRoutes(string operatorId, OperatorState state, TimeProvider time) : IDisposable
{
    /// <summary>Nothing but our own style sheet: a value that got past the encoding could still do nothing.</summary>
    private const string Policy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string Html = "text/html; charset=utf-8";

    private static readonly string Version =
        typeof(PageRoutes).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    private static readonly Lazy<byte[]> Style = new(() =>
    {
        using var stream = typeof(PageRoutes).Assembly.GetManifestResourceStream("page.css")!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    });

    private readonly LeaderPage _leader = new(time);

    public static void Add(IServiceCollection services) => services.AddScoped<HtmlRenderer>();

    public void Map(IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").AddEndpointFilter(HardenAsync);
        pages.MapGet(PageLinks.Style, () => Results.Bytes(Style.Value, "text/css; charset=utf-8"));
        var known = pages.MapGroup("").AddEndpointFilter(AskLeaderAsync);
        known.MapGet(
            PageLinks.Overview,
            (HtmlRenderer renderer) =>
                RenderAsync<Overview>(
                    renderer,
                    new()
                    {
                        [nameof(Overview.Clusters)] = state.Clusters.All,
                        [nameof(Overview.Pulls)] = Pulls.ToImmutableArray(),
                        [nameof(Overview.Repositories)] = Repositories.ToImmutableArray(),
                    }
                )
        );
        known.MapGet(
            "/clusters/{domain}/{namespace}/{name}",
            (HtmlRenderer renderer, string domain, string @namespace, string name) =>
                state.Clusters.Find(new ClusterKey(domain, @namespace, name)) is var (_, cluster)
                    ? RenderAsync<ClusterPage>(renderer, new() { [nameof(ClusterPage.Cluster)] = cluster })
                    : NotFound
        );
        known.MapGet(
            "/pulls/{repository}/{number}",
            (HtmlRenderer renderer, string repository, string number) =>
                Pulls.FirstOrDefault(pull => pull.Repository == repository && $"{pull.Number}" == number) is { } pull
                    ? RenderAsync<PullPage>(renderer, new() { [nameof(PullPage.Pull)] = pull })
                    : NotFound
        );
    }

    public void Dispose() => _leader.Dispose();

    private static Task<IResult> NotFound => Task.FromResult(Results.Text("not found\n", statusCode: StatusCodes.Status404NotFound));

    private IEnumerable<OpenPull> Pulls => state.PullRequests.All;

    private IEnumerable<RepositoryView> Repositories =>
        state.Repositories.All.Select(repository => new RepositoryView(
            repository.Name,
            repository.Report.Revision,
            repository.Report.Error,
            repository.LastPolled is { } at ? time.GetElapsedTime(at) : null,
            repository.Report.Findings
        ));

    /// <summary>Where another replica is active, it is the one that knows.</summary>
    private async ValueTask<object?> AskLeaderAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        return
            state.Leadership.HolderPage is { } page
            && await _leader.FetchAsync(page, context.Request, context.RequestAborted) is { } fetched
            ? fetched.Found
                ? Results.Bytes(fetched.Body, Html)
                : await NotFound
            : await next(invocation);
    }

    private static ValueTask<object?> HardenAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var headers = invocation.HttpContext.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        return next(invocation);
    }

    private async Task<IResult> RenderAsync<TPage>(HtmlRenderer renderer, Dictionary<string, object?> parameters)
        where TPage : IComponent
    {
        parameters["Operator"] = new OperatorView(
            operatorId,
            Version,
            state.Leadership.Holds,
            state.Leadership.Holder,
            state.StoppedBecause
        );
        return Results.Text(
            await renderer.Dispatcher.InvokeAsync(async () =>
                (await renderer.RenderComponentAsync<TPage>(ParameterView.FromDictionary(parameters))).ToHtmlString()
            ),
            Html
        );
    }
}
