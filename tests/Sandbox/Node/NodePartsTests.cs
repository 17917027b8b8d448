using GitOpsOperator.Sandbox.Binaries;
using GitOpsOperator.Sandbox.Node;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Tests.Node;

/// <summary>The parts of the node that need no namespaces.</summary>
public sealed class NodePartsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("node-parts-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("$(A)-$(B)", "1-$(B)")]
    [InlineData("$$(A)", "$(A)")]
    [InlineData("$A", "$A")]
    public void Variables_are_replaced_as_Kubernetes_does(string text, string expected) =>
        Assert.Equal(expected, ContainerEnvironment.Expand(text, new Dictionary<string, string> { ["A"] = "1" }));

    [Fact]
    public void The_first_restart_is_at_once_and_later_ones_wait_ever_longer()
    {
        var backOff = new RestartBackOff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), TimeSpan.FromMinutes(10));
        var pauses = Enumerable.Range(0, 5).Select(_ => backOff.Next(TimeSpan.FromSeconds(1)).TotalSeconds);
        Assert.Equal([0, 1, 2, 3, 3], pauses);
        Assert.Equal(TimeSpan.Zero, backOff.Next(TimeSpan.FromMinutes(11)));
    }

    [Theory]
    [InlineData("FallbackToLogsOnError", 1, "this run's end")]
    [InlineData("FallbackToLogsOnError", 0, null)]
    [InlineData("File", 1, null)]
    public void The_log_s_end_is_the_last_word_only_of_a_run_that_failed(string policy, int exitCode, string? expected)
    {
        var log = Path.Combine(_folder.FullName, "log");
        File.WriteAllText(log, "an earlier run\nthis run's end\n");
        var start = "an earlier run\n".Length;

        var message = TerminationMessage.Read(
            new V1Container { TerminationMessagePolicy = policy },
            Path.Combine(_folder.FullName, "none"),
            log,
            start,
            exitCode
        );

        Assert.Equal(expected, message);
    }

    [Fact]
    public void A_long_log_is_cut_to_a_kubelet_s_limits()
    {
        var log = Path.Combine(_folder.FullName, "log");
        File.WriteAllLines(log, Enumerable.Range(0, 1000).Select(line => $"{line} {new string('x', 5)}"));

        var message = TerminationMessage.Read(
            new V1Container { TerminationMessagePolicy = "FallbackToLogsOnError" },
            Path.Combine(_folder.FullName, "none"),
            log,
            0,
            1
        )!;

        Assert.True(message.Length <= 2048);
        Assert.Equal(80, message.Split('\n').Length);
        Assert.EndsWith("999 xxxxx", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Projected_files_change_by_the_rename_of_one_link()
    {
        var folder = Path.Combine(_folder.FullName, "map");
        Assert.True(ProjectedFolder.Write(folder, Files(("a", "1"), ("b", "2"))));
        var first = new FileInfo(Path.Combine(folder, "..data")).LinkTarget;
        Assert.False(ProjectedFolder.Write(folder, Files(("a", "1"), ("b", "2"))));
        Assert.Equal(first, new FileInfo(Path.Combine(folder, "..data")).LinkTarget);

        Assert.True(ProjectedFolder.Write(folder, Files(("a", "changed"))));

        Assert.NotEqual(first, new FileInfo(Path.Combine(folder, "..data")).LinkTarget);
        Assert.Equal("changed", File.ReadAllText(Path.Combine(folder, "a")));
        Assert.Equal("..data/a", new FileInfo(Path.Combine(folder, "a")).LinkTarget);
        Assert.False(Path.Exists(Path.Combine(folder, "b")));
    }

    [Fact]
    public void An_image_is_found_by_product_and_tag_whatever_its_registry()
    {
        var etcd = Directory.CreateDirectory(Path.Combine(_folder.FullName, "etcd", "3.5.16")).FullName;
        File.WriteAllText(Path.Combine(etcd, "etcd"), "");
        var images = new ImageBinaries(_folder.FullName);

        Assert.Equal(etcd, images.Resolve("gcr.io/etcd-development/etcd:v3.5.16").Files["/usr/local/bin"]);
        Assert.Equal(etcd, images.Resolve("localhost:5000/etcd:v3.5.16-amd64@sha256:00").Files["/usr/local/bin"]);
        Assert.Contains(
            "there is 3.5.16",
            Assert.Throws<UnknownImageException>(() => images.Resolve("etcd:v3.6.0")).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "no programs for \"nginx\"",
            Assert.Throws<UnknownImageException>(() => images.Resolve("nginx:1")).Message,
            StringComparison.Ordinal
        );
    }

    private static Dictionary<string, byte[]> Files(params (string Name, string Text)[] files) =>
        files.ToDictionary(file => file.Name, file => System.Text.Encoding.UTF8.GetBytes(file.Text));
}
