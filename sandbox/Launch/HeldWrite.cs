using System.Net.Sockets;

namespace GitOpsOperator.Sandbox.Launch;

/// <summary>A write that stands still in the sandbox's API server until this is disposed.</summary>
internal sealed class HeldWrite(Socket control) : IDisposable
{
    /// <summary>Waits until the write has come; gives its method and path.</summary>
    public Task<string> UntilHeldAsync(CancellationToken cancellationToken) => ControlClient.AnswerAsync(control, cancellationToken);

    public void Dispose() => control.Dispose();
}
