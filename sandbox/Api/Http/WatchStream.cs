using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace GitOpsOperator.Sandbox.Api.Http;

/// <summary>A watch: the present objects if asked for, what was missed since the client's version, and then each change, until the
/// client goes, its time is up, or it lags behind.</summary>
internal sealed class WatchStream(Store store, ApiServerOptions options)
{
    private static readonly TimeSpan MaxWatch = TimeSpan.FromMinutes(30);

    public async Task ServeAsync(ApiRequest request, HttpResponse response, CancellationToken cancellationToken)
    {
        var selection = request.Selection;
        if (request.Name is { } name)
        {
            selection = selection with { Fields = FieldSelector.Parse(request.Kind, $"metadata.name={name}") };
        }

        var representation = Representation.OfOne(request.Http, options.Time);
        var after = request.ResourceVersion is 0 ? null : request.ResourceVersion;
        var initial = request.Query("sendInitialEvents") is "true" or "1";
        if (initial && request.Query("resourceVersionMatch") != "NotOlderThan")
        {
            throw ApiException.InvalidOptions(
                "resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
            );
        }

        var seconds =
            int.TryParse(request.Query("timeoutSeconds"), NumberStyles.None, CultureInfo.InvariantCulture, out var given) && given > 0
                ? given
                : (int)MaxWatch.TotalSeconds;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(seconds), options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);

        response.ContentType = "application/json";
        var writer = new EventWriter(response, representation, selection);
        try
        {
            using var subscription = store.Subscribe(request.Kind, request.Namespace, initial ? null : after);
            await response.StartAsync(cancellationToken);
            await response.Body.FlushAsync(cancellationToken);
            await writer.PresentAsync(subscription.Present, either.Token);
            if (initial && request.Query("allowWatchBookmarks") is "true" or "1")
            {
                await writer.BookmarkAsync(request.Kind, subscription.Revision, endOfInitial: true, either.Token);
            }

            foreach (var change in subscription.Missed.Where(subscription.Concerns))
            {
                await writer.ChangeAsync(change, either.Token);
            }

            await FollowAsync(request, subscription, writer, either.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The time that the client asked for is up: the stream ends in order.
        }
        catch (ApiException error) when (error.Code == 410)
        {
            // As the real server's cache does: the watch is accepted, and its first event says that it came too late.
            await writer.ErrorAsync(error, cancellationToken);
        }
    }

    private async Task FollowAsync(
        ApiRequest request,
        Store.Subscription subscription,
        EventWriter writer,
        CancellationToken cancellationToken
    )
    {
        using var bookmarks = new PeriodicTimer(options.BookmarkInterval, options.Time);
        var wantsBookmarks = request.Query("allowWatchBookmarks") is "true" or "1";
        var changed = subscription.Changes.WaitToReadAsync(cancellationToken).AsTask();
        var tick = bookmarks.WaitForNextTickAsync(cancellationToken).AsTask();
        while (true)
        {
            await Task.WhenAny(changed, tick);
            if (changed.IsCompleted)
            {
                if (!await changed)
                {
                    return;
                }

                while (subscription.Changes.TryRead(out var change))
                {
                    await writer.ChangeAsync(change, cancellationToken);
                }

                changed = subscription.Changes.WaitToReadAsync(cancellationToken).AsTask();
            }

            if (tick.IsCompleted)
            {
                await tick;
                if (wantsBookmarks && !subscription.Changes.TryPeek(out _))
                {
                    await writer.BookmarkAsync(request.Kind, RevisionIfIdle(subscription), endOfInitial: false, cancellationToken);
                }

                tick = bookmarks.WaitForNextTickAsync(cancellationToken).AsTask();
            }
        }
    }

    /// <summary>The store's revision, but only if everything up to it has been sent: a bookmark must never run ahead of events.</summary>
    private long? RevisionIfIdle(Store.Subscription subscription)
    {
        lock (store.Gate)
        {
            return subscription.Changes.TryPeek(out _) ? null : store.Revision;
        }
    }

    private sealed class EventWriter(HttpResponse response, Representation representation, Selection selection)
    {
        private static readonly byte[] Newline = "\n"u8.ToArray();
        private bool _first = true;

        public async Task PresentAsync(IReadOnlyList<StoredObject> objects, CancellationToken cancellationToken)
        {
            foreach (var stored in objects.Where(selection.Matches))
            {
                await WriteAsync("ADDED", stored, cancellationToken);
            }
        }

        public Task ChangeAsync(StoreEvent change, CancellationToken cancellationToken)
        {
            // With a selector, an object that begins to match is added and one that ceases to is deleted, whatever really happened.
            var was = change.Previous is not null && selection.Matches(change.Previous);
            var matches = !change.Deleted && selection.Matches(change.Object);
            return (was, matches) switch
            {
                (false, true) => WriteAsync("ADDED", change.Object, cancellationToken),
                (true, true) => WriteAsync("MODIFIED", change.Object, cancellationToken),
                (true, false) => WriteAsync("DELETED", change.Previous!.At(change.Revision), cancellationToken),
                _ => Task.CompletedTask,
            };
        }

        public async Task BookmarkAsync(ResourceKind kind, long? revision, bool endOfInitial, CancellationToken cancellationToken)
        {
            if (revision is null)
            {
                return;
            }

            var metadata = new JsonObject
            {
                ["resourceVersion"] = revision.Value.ToString(CultureInfo.InvariantCulture),
                ["creationTimestamp"] = null,
            };
            if (endOfInitial)
            {
                metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
            }

            await WriteAsync("BOOKMARK", representation.Bookmark(kind, metadata), cancellationToken);
        }

        public Task ErrorAsync(ApiException error, CancellationToken cancellationToken) =>
            WriteAsync("ERROR", Json.Bytes(error.ToStatus()), cancellationToken);

        private async Task WriteAsync(string type, StoredObject stored, CancellationToken cancellationToken)
        {
            await WriteAsync(type, representation.InWatch(stored, _first), cancellationToken);
            _first = false;
        }

        private async Task WriteAsync(string type, byte[] body, CancellationToken cancellationToken)
        {
            using var line = new MemoryStream(body.Length + 64);
            line.Write(System.Text.Encoding.UTF8.GetBytes($"{{\"type\":\"{type}\",\"object\":"));
            line.Write(body);
            line.Write("}"u8);
            line.Write(Newline);
            await response.Body.WriteAsync(line.GetBuffer().AsMemory(0, (int)line.Length), cancellationToken);
            await response.Body.FlushAsync(cancellationToken);
        }
    }
}
