using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace GitOpsOperator.Sandbox.Api.Http;

/// <summary>Lets a request run into the hold that waits for it.</summary>
internal static class HeldWrites
{
    public static async Task HandleAsync(Holds holds, HttpContext context, Func<HttpContext, Task> handle)
    {
        var hold = holds.Take(context.Request.Method, context.Request.Path.Value ?? "", AccessGate.AccountOf(context)?.ToString());
        if (hold is not null)
        {
            // What was written is read once more, to tell it by.
            context.Request.EnableBuffering();
        }

        switch (hold?.Point)
        {
            case null:
                await handle(context);
                break;
            case HoldPoint.Before:
                if (await StandAsync(hold, context))
                {
                    await handle(context);
                }

                break;
            default:
                await HandleThenStandAsync(hold, context, handle);
                break;
        }
    }

    /// <summary>The answer waits in memory, so that not a byte of it tells the client that the write is done.</summary>
    private static async Task HandleThenStandAsync(Holds.Hold hold, HttpContext context, Func<HttpContext, Task> handle)
    {
        var body = context.Response.Body;
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        await handle(context);
        context.Response.Body = body;
        if (await StandAsync(hold, context))
        {
            answer.Position = 0;
            await answer.CopyToAsync(body, context.RequestAborted);
        }
    }

    /// <returns>False where the client has gone meanwhile, so that there is nobody to serve.</returns>
    private static async Task<bool> StandAsync(Holds.Hold hold, HttpContext context)
    {
        try
        {
            await hold.StandAsync(await NameOfAsync(context), context.RequestAborted);
            return true;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Method, path and a digest of what is written, by which it is known when it comes again.</summary>
    private static async Task<string> NameOfAsync(HttpContext context)
    {
        context.Request.Body.Position = 0;
        var digest = await SHA256.HashDataAsync(context.Request.Body, context.RequestAborted);
        context.Request.Body.Position = 0;
        return $"{context.Request.Method} {context.Request.Path} {Convert.ToHexStringLower(digest.AsSpan(0, 8))}";
    }
}
