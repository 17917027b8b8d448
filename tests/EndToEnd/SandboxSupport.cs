using System.Diagnostics;

namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>Whether this machine lets an ordinary process make the namespaces that the sandbox consists of.</summary>
internal static class SandboxSupport
{
    private static readonly Lazy<string?> Fault = new(Probe);

    public static bool IsAvailable => Fault.Value is null;

    public static string Reason => $"the sandbox needs Linux namespaces, and unshare says: {Fault.Value}";

    private static string? Probe()
    {
        var start = new ProcessStartInfo("unshare", ["--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "true"]) { RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("unshare could not be started");
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : said.Trim();
    }
}
