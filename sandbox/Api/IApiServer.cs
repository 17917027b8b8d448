namespace GitOpsOperator.Sandbox.Api;

/// <summary>An API server that the sandbox has started: its own, or a real one.</summary>
public interface IApiServer : IAsyncDisposable
{
    /// <summary>An administrator's kubeconfig for a way to the server: its own address, or a forwarder's that its certificate
    /// names.</summary>
    string KubeconfigFor(string url);
}
