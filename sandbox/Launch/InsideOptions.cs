using System.Text.Json;

namespace GitOpsOperator.Sandbox.Launch;

/// <summary>What the outer process tells the inner one, as one argument.</summary>
/// <param name="Programs">As in <see cref="SandboxOptions.Programs"/>.</param>
/// <param name="Reach">As in <see cref="SandboxOptions.Reach"/>: the port → the unix socket that leads to it.</param>
internal sealed record InsideOptions(
    string Directory,
    string Binaries,
    string ControlSocket,
    int OutsideApiPort,
    TimeSpan ProjectionDelay,
    string? Repositories,
    string? KubeAssets,
    IReadOnlyDictionary<int, string> Reach,
    IReadOnlyDictionary<string, string> Programs,
    DelayRange StartDelay,
    DelayRange StorageDelay,
    DelayRange AddressSilence
)
{
    public string InsideKubeconfig => Path.Combine(Directory, "kubeconfig-inside");

    public string OutsideKubeconfig => Path.Combine(Directory, "kubeconfig");

    public string ToArgument() => JsonSerializer.Serialize(this);

    public static InsideOptions Parse(string argument) =>
        JsonSerializer.Deserialize<InsideOptions>(argument) ?? throw new FormatException("the options of the sandbox's inside are null");
}
