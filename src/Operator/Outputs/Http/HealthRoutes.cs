using GitOpsOperator.Operator.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GitOpsOperator.Operator.Outputs.Http;

/// <summary>
/// <c>/healthz</c>: the process does its work. <c>/readyz</c>: it does what it is there for, one line a check as Kubernetes' own servers
/// answer.
/// </summary>
internal static class HealthRoutes
{
    private static readonly HttpMethodMetadata Get = new([HttpMethods.Get]);

    public static void Add(IServiceCollection services, OperatorState state)
    {
        var checks = services
            .AddHealthChecks()
            .AddCheck("live-state", new LiveStateCheck(state))
            .AddCheck("leadership", new LeadershipCheck(state));
        foreach (var repository in state.Repositories.All.Select(repository => repository.Name))
        {
            checks.AddCheck($"repository/{repository}", new RepositoryCheck(state, repository));
        }
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        // Whether anything that may be waited for is there is no reason to kill the process.
        routes.MapHealthChecks("/healthz", new() { Predicate = _ => false, ResponseWriter = WriteAsync }).WithMetadata(Get);
        routes.MapHealthChecks("/readyz", new HealthCheckOptions { ResponseWriter = WriteAsync }).WithMetadata(Get);
    }

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return context.Response.WriteAsync(
            report.Entries.Count == 0 ? "ok\n" : string.Concat(report.Entries.Select(entry => Line(entry.Key, entry.Value))),
            context.RequestAborted
        );
    }

    private static string Line(string name, HealthReportEntry entry) =>
        $"[{(entry.Status == HealthStatus.Unhealthy ? '-' : '+')}]{name} {entry.Description ?? entry.Exception?.GetType().Name ?? "ok"}\n";
}
