using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Drift.Cache;

/// <summary>One page of a list.</summary>
/// <param name="Version">Of the whole list; null where the server has not said it.</param>
/// <param name="Continue">Asks for the next page; null after the last.</param>
public sealed record ApiPage<T>(IReadOnlyList<T> Items, string? Version, string? Continue);

/// <summary>
/// Lists, watches and reads objects of any kind by path. The generated client has a method for each kind and scope and none that asks for
/// metadata alone, tells when a watch has begun, or fails where a line of it cannot be read.
/// </summary>
public sealed class ApiReader(Kubernetes client, ApiLiveness liveness)
{
    private const string Json = "application/json";

    /// <summary>
    /// How kube-apiserver is asked for metadata alone (https://kubernetes.io/docs/reference/using-api/api-concepts/); one that cannot
    /// gives all.
    /// </summary>
    private static string MetadataOf(string kind) => $"{Json};as={kind};g=meta.k8s.io;v=v1,{Json}";

    public async Task<ApiPage<T>> ListAsync<T>(ApiCollection collection, string? continueToken, CancellationToken cancellationToken)
    {
        var accept = collection.MetadataOnly ? MetadataOf("PartialObjectMetadataList") : Json;
        using var answer = await SendAsync(collection.ListPath(continueToken), accept, cancellationToken);
        var page = await ReadBodyAsync<ListBody<T>>(answer, cancellationToken);
        return new(page.Items ?? [], page.Metadata?.ResourceVersion, page.Metadata?.ContinueProperty is { Length: > 0 } more ? more : null);
    }

    /// <summary>The object; null where there is none of this name.</summary>
    public async Task<T?> FindAsync<T>(ApiResource resource, ObjectKey key, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            var path = resource.PathOf(key.Namespace.Length == 0 ? null : key.Namespace, key.Name);
            using var answer = await SendAsync(path, Json, cancellationToken);
            return await ReadBodyAsync<T>(answer, cancellationToken);
        }
        catch (ApiAnswerException missing) when (missing.Code == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <param name="timeout">After this the server ends the watch.</param>
    /// <param name="opened">Called once the server has begun to answer.</param>
    /// <exception cref="ApiAnswerException">Also where the server reports an error in the middle.</exception>
    public async IAsyncEnumerable<WatchLine<T>> WatchAsync<T>(
        ApiCollection collection,
        string version,
        TimeSpan timeout,
        Action<Version> opened,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var accept = collection.MetadataOnly ? MetadataOf("PartialObjectMetadata") : Json;
        using var answer = await SendAsync(collection.WatchPath(version, timeout), accept, cancellationToken);
        opened(answer.Version);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length > 0)
            {
                yield return WatchLine<T>.Parse(line);
            }
        }
    }

    /// <summary>Asks for a sign of life, which every account may.</summary>
    public async Task ProbeAsync(CancellationToken cancellationToken)
    {
        using var answer = await SendAsync("livez", "*/*", cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string accept, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(client.BaseUri, path)) { Version = HttpVersion.Version20 };
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (client.Credentials is { } credentials)
        {
            await credentials.ProcessHttpRequestAsync(request, cancellationToken);
        }

        var answer = await client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        try
        {
            liveness.Heard(answer.StatusCode);
            if (answer.IsSuccessStatusCode)
            {
                return answer;
            }

            var reason = await ReasonAsync(answer, cancellationToken);
            throw new ApiAnswerException(answer.StatusCode, $"{path.Split('?')[0]}: {(int)answer.StatusCode}: {reason}");
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    private static async Task<T> ReadBodyAsync<T>(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        // The client's reader is not asynchronous, and would hold a thread while the network is slow.
        await answer.Content.LoadIntoBufferAsync(cancellationToken);
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        return KubernetesJson.Deserialize<T>(body) ?? throw new JsonException("The answer is null");
    }

    private static async Task<string> ReasonAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        const int MaxLength = 500;
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            text = KubernetesJson.Deserialize<V1Status>(text)?.Message ?? text;
        }
        catch (JsonException)
        {
            // Not everything on the way to an API server speaks JSON: the text itself is what is known.
        }

        return (text.Length > MaxLength ? text[..MaxLength] : text).Trim();
    }

    private sealed class ListBody<T>
    {
        [JsonPropertyName("metadata")]
        public V1ListMeta? Metadata { get; set; }

        [JsonPropertyName("items")]
        public List<T>? Items { get; set; }
    }
}
