using System.Diagnostics;
using GitOpsOperator.Sandbox.Tests.Node;

namespace GitOpsOperator.Sandbox.Tests.Api;

/// <summary>A real kubectl with a home of its own, in one namespace.</summary>
internal sealed class KubectlRunner(string program, DirectoryInfo home, string ns) : IAsyncDisposable
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public string Folder => home.FullName;

    public string Namespace => ns;

    public static string? Find()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        var candidates = folders
            .Prepend(RealApi.Assets ?? "")
            .Append(Path.Combine(SandboxFixture.Binaries, "tools"))
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, "kubectl"));
        return candidates.Prepend(Environment.GetEnvironmentVariable("KUBECTL") ?? "").FirstOrDefault(File.Exists);
    }

    public static async Task<KubectlRunner> CreateAsync(string program, string config, string ns, CancellationToken cancellationToken)
    {
        var home = Directory.CreateTempSubdirectory("kubectl-");
        await File.WriteAllTextAsync(Path.Combine(home.FullName, "config"), config, cancellationToken);
        return new KubectlRunner(program, home, ns);
    }

    public Process Start(params string[] arguments) => Start(new Dictionary<string, string>(), arguments);

    public Process Start(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            program,
            [
                "--kubeconfig",
                Path.Combine(home.FullName, "config"),
                "--cache-dir",
                Path.Combine(home.FullName, "cache"),
                "--namespace",
                ns,
                .. arguments,
            ]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = home.FullName;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    public async Task<string> RunAsync(string? input, params string[] arguments)
    {
        var (exit, output, errors) = await RunToEndAsync(input, arguments);
        Assert.True(exit == 0, $"kubectl {string.Join(' ', arguments)} ended with {exit}: {output}{errors}");
        return output;
    }

    /// <summary>With what it complains of beside what it says.</summary>
    public async Task<(int Exit, string Output)> TryAsync(string? input, params string[] arguments)
    {
        var (exit, output, errors) = await RunToEndAsync(input, arguments);
        return (exit, $"{output}\n{errors}".Trim());
    }

    private async Task<(int Exit, string Output, string Errors)> RunToEndAsync(string? input, string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync(Ct);
        var errors = process.StandardError.ReadToEndAsync(Ct);
        await process.StandardInput.WriteAsync((input ?? "").AsMemory(), Ct);
        process.StandardInput.Close();
        await process.WaitForExitAsync(Ct);
        return (process.ExitCode, (await output).Trim(), (await errors).Trim());
    }

    public ValueTask DisposeAsync()
    {
        home.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
