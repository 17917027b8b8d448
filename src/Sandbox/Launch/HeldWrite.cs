using System.Net.Sockets;

namespace GitOpsOperator.Sandbox.Launch;

/// <summary>A write that stands still in the sandbox's API server until this is disposed.</summary>
internal sealed class HeldWrite(Socket control) : IDisposable
{
    /// <summary>Waits until the write has come.</summary>
    public Task UntilHeldAsync(CancellationToken cancellationToken) => ControlClient.AnswerAsync(control, cancellationToken);

    public void Dispose() => control.Dispose();
}
