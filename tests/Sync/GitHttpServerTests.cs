using System.Net;
using System.Net.Sockets;
using System.Text;
using GitOpsOperator.Sandbox.Git;
using GitOpsOperator.TestKit.Git;

namespace GitOpsOperator.Sync.Tests;

public sealed class GitHttpServerTests : IDisposable
{
    private readonly TestRepository _repository = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task The_real_git_clones_pushes_and_compresses()
    {
        _repository.Commit("one", ("a.yaml", "1"));
        await using var server = await GitHttpServer.StartAsync(new() { Root = _repository.Root, Token = () => "t" }, Token);
        var url = new UriBuilder(new Uri(server.Address, "repo.git")) { UserName = "git", Password = "t" }.ToString();
        var clone = _repository.Folder("clone");
        _repository.Git(_repository.Root, "clone", "--quiet", url, clone);
        for (var commit = 0; commit < 40; commit++)
        {
            _repository.Git(clone, "commit", "--quiet", "--allow-empty", "-m", $"commit {commit}");
        }

        // Larger than http.postBuffer, so git sends it in chunks of no announced length.
        File.WriteAllBytes(Path.Combine(clone, "large"), Noise(3_000_000));
        _repository.Git(clone, "add", "--all");
        _repository.Git(clone, "commit", "--quiet", "-m", "large");
        _repository.Git(clone, "push", "--quiet", "origin", "HEAD:main");
        Assert.Equal(_repository.Git(clone, "rev-parse", "HEAD"), _repository.Git(_repository.Bare, "rev-parse", "main"));

        // With many commits to name, git compresses the body of the request.
        _repository.Git(_repository.Bare, "commit-tree", "-m", "x", "HEAD^{tree}");
        _repository.Git(
            _repository.Bare,
            "update-ref",
            "refs/heads/main",
            _repository.Git(_repository.Bare, "commit-tree", "-p", "main", "-m", "server", "main^{tree}")
        );
        _repository.Git(clone, "fetch", "--quiet", "origin");
        Assert.Equal(_repository.Git(_repository.Bare, "rev-parse", "main"), _repository.Git(clone, "rev-parse", "origin/main"));
    }

    [Theory]
    [InlineData("/repo.git/HEAD")]
    [InlineData("/repo.git/config")]
    [InlineData("/repo.git/info/refs")]
    [InlineData("/repo.git/info/refs?service=git-evil")]
    [InlineData("/../served/repo.git/info/refs?service=git-upload-pack")]
    [InlineData("/%2e%2e/served/repo.git/info/refs?service=git-upload-pack")]
    [InlineData("/..%2fserved%2frepo.git/info/refs?service=git-upload-pack")]
    [InlineData("//repo.git/info/refs?service=git-upload-pack")]
    [InlineData("/./repo.git/../../x/info/refs?service=git-upload-pack")]
    [InlineData("/link.git/info/refs?service=git-upload-pack")]
    [InlineData("/none.git/info/refs?service=git-upload-pack")]
    [InlineData("/")]
    public async Task Nothing_but_the_protocol_below_the_folder_is_answered(string target)
    {
        _repository.Commit("one", ("a.yaml", "1"));
        Directory.CreateSymbolicLink(Path.Combine(_repository.Root, "link.git"), Path.Combine(_repository.Work, ".git"));
        await using var server = await GitHttpServer.StartAsync(new() { Root = _repository.Root }, Token);
        Assert.Equal("404", await StatusAsync(server, target));
        Assert.Equal("200", await StatusAsync(server, "/repo.git/info/refs?service=git-upload-pack"));
    }

    /// <summary>By hand: every client of higher level puts such a path in order before it sends it.</summary>
    private static async Task<string> StatusAsync(GitHttpServer server, string target)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Address.Port, Token);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), Token);
        using var reader = new StreamReader(stream);
        return (await reader.ReadLineAsync(Token))!.Split(' ')[1];
    }

    private static byte[] Noise(int length)
    {
        var noise = new byte[length];
        new Random(1).NextBytes(noise);
        return noise;
    }
}
