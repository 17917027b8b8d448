using GitOpsOperator.TestKit;

namespace GitOpsOperator.Operator.Tests;

/// <summary>Prometheus' own judge of metrics and rules, the newest that <c>scripts/binaries.sh prometheus</c> has fetched.</summary>
internal static class Promtool
{
    /// <summary>Skips the test where there is none.</summary>
    public static async Task AcceptsAsync(IReadOnlyList<string> arguments, string input, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Binaries.Folder, "prometheus");
        var program = Directory.Exists(folder)
            ? Directory
                .EnumerateDirectories(folder)
                .Where(path => Version.TryParse(Path.GetFileName(path), out _))
                .MaxBy(path => Version.Parse(Path.GetFileName(path)))
            : null;
        Assert.SkipWhen(program is null, $"{folder} holds no promtool; run `scripts/binaries.sh prometheus`");

        var (code, text) = await Programs.RunAsync(Path.Combine(program, "promtool"), arguments, input, cancellationToken);
        Assert.True(code == 0, text);
    }
}
