using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Sandbox.Watches;

/// <summary>
/// What every controller of the sandbox does: at each change it looks at all objects of its kind, one after the other; what the API server
/// refused or could not be asked is tried again a little later.
/// </summary>
internal sealed class ControllerLoop<T>(ClusterView view, ObjectCache<T> objects, TimeProvider time, ILogger logger)
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly ChangeSignal _changed = new();

    /// <summary>Has changes of a kind wake the loop. To be used before it runs.</summary>
    public ControllerLoop<T> WokenBy<TOther>(ObjectCache<TOther> others)
        where TOther : class, IKubernetesObject<V1ObjectMeta>
    {
        others.Notify(_changed.Set);
        return this;
    }

    public async Task RunAsync(Func<T, CancellationToken, Task> reconcile, CancellationToken cancellationToken)
    {
        await view.AllListed.WaitAsync(cancellationToken);
        while (true)
        {
            var failed = false;
            foreach (var item in objects.All)
            {
                try
                {
                    await reconcile(item, cancellationToken);
                }
                catch (Exception e) when (e is HttpOperationException or HttpRequestException)
                {
                    failed = true;
                    logger.LogWarning(
                        "{Kind} {Namespace}/{Name}: {Reason} {Answer}; tried again",
                        typeof(T).Name,
                        item.Metadata.NamespaceProperty,
                        item.Metadata.Name,
                        e.Message,
                        (e as HttpOperationException)?.Response.Content
                    );
                }
            }

            await (failed ? _changed.WaitAsync(Retry, time, cancellationToken) : _changed.WaitAsync(cancellationToken));
        }
    }
}
