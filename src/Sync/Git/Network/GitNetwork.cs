using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace GitOpsOperator.Sync.Git.Network;

/// <summary>
/// Runs each network call of git in a child process with a hard limit on its whole time, and is the one place where text
/// from a remote enters: it leaves here redacted.
/// </summary>
/// <param name="program">The child; by default this same program.</param>
public sealed class GitNetwork(TimeProvider time, GitNetworkProgram? program = null)
{
    private const int MaxReplyBytes = 64 * 1024;
    private const int MaxErrorBytes = 4 * 1024;

    private readonly GitNetworkProgram _program = program ?? GitNetworkProgram.Self();

    /// <summary>Process id of the child last started, so that tests can see it gone.</summary>
    internal int LastChild { get; private set; }

    internal async Task<GitNetworkReply> RunAsync(RepositoryOptions options, GitNetworkRequest request, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        var reply = await RunLimitedAsync(options, request, cancellationToken);
        SyncMetrics.Called(
            request.Operation.ToString(),
            reply.Error?.ToString() ?? (reply.Rejected ? "rejected" : "ok"),
            time.GetElapsedTime(begun)
        );
        return reply;
    }

    private async Task<GitNetworkReply> RunLimitedAsync(
        RepositoryOptions options,
        GitNetworkRequest request,
        CancellationToken cancellationToken
    )
    {
        string? token;
        try
        {
            token = await AccessToken.ReadAsync(options.TokenFile, cancellationToken);
        }
        catch (UnusableTokenException e)
        {
            return new() { Error = SyncErrorKind.Auth, Message = e.Message };
        }

        if (
            RepositoryUrl.IsSsh(options.Url)
            && new[] { options.SshKeyFile, options.KnownHostsFile }.FirstOrDefault(file => !File.Exists(file)) is { } missing
        )
        {
            return new() { Error = SyncErrorKind.Auth, Message = $"{missing} does not exist" };
        }

        request = request with
        {
            Username = options.Username,
            Token = token,
            DeadlineMilliseconds = (int)options.NetworkTimeout.TotalMilliseconds + 1000,
        };
        var redaction = new Redaction(options.Username, token);
        using var deadline = new CancellationTokenSource(options.NetworkTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            var reply = await RunChildAsync(options, request, either.Token);
            return reply with { Message = redaction.Apply(reply.Message) };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new() { Error = SyncErrorKind.TimedOut, Message = $"no answer within {options.NetworkTimeout.TotalSeconds:0.###} s" };
        }
        catch (GitNetworkChildException e)
        {
            return new() { Error = SyncErrorKind.Local, Message = redaction.Apply(e.Message) };
        }
    }

    private async Task<GitNetworkReply> RunChildAsync(
        RepositoryOptions options,
        GitNetworkRequest request,
        CancellationToken cancellationToken
    )
    {
        using var child = Start(options);
        try
        {
            LastChild = child.Id;

            // Not closed until the end: its closing tells the child that nobody waits any more.
            var input = child.StandardInput.BaseStream;
            var errors = ReadLimitedAsync(child.StandardError.BaseStream, MaxErrorBytes, cancellationToken);
            try
            {
                await input.WriteAsync(
                    JsonSerializer.SerializeToUtf8Bytes(request, GitNetworkJson.Default.GitNetworkRequest),
                    cancellationToken
                );
                await input.WriteAsync("\n"u8.ToArray(), cancellationToken);
                await input.FlushAsync(cancellationToken);
            }
            catch (IOException)
            {
                // It ended before it read; its exit code and last words below say why.
            }

            var output = await ReadLimitedAsync(child.StandardOutput.BaseStream, MaxReplyBytes, cancellationToken);
            if (output.Length <= MaxReplyBytes)
            {
                await child.WaitForExitAsync(cancellationToken);
                if (child.ExitCode == 0 && Parse(output) is { } reply)
                {
                    return RepositoryUrl.IsSsh(options.Url) ? SshCommand.Explain(reply, Encoding.UTF8.GetString(await errors)) : reply;
                }
            }
            else
            {
                throw new GitNetworkChildException(
                    $"the child process for git's network calls replied with more than {MaxReplyBytes} bytes"
                );
            }

            throw new GitNetworkChildException(
                $"the child process for git's network calls ended with code {child.ExitCode} and no reply: "
                    + $"{Encoding.UTF8.GetString(await errors)}"
            );
        }
        finally
        {
            await EndAsync(child);
        }
    }

    private Process Start(RepositoryOptions options)
    {
        var start = new ProcessStartInfo(_program.File, _program.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };

        // A process that lives for one call has no use for profiling itself, and its dumps would hold the token.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        if (RepositoryUrl.IsSsh(options.Url))
        {
            start.Environment["GIT_SSH_COMMAND"] = SshCommand.Of(options);
            start.Environment.Remove("SSH_AUTH_SOCK");
        }

        if (options.CaFile is not null)
        {
            // OpenSSL's own variable: it checks the whole chain and the host name, which a callback of libgit2 could not.
            start.Environment["SSL_CERT_FILE"] = options.CaFile;
        }

        try
        {
            return Process.Start(start) ?? throw new GitNetworkChildException($"{_program.File} did not start");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new GitNetworkChildException($"{_program.File} could not be started for git's network calls: {e.Message}");
        }
    }

    private static async Task EndAsync(Process child)
    {
        if (!child.HasExited)
        {
            child.Kill(entireProcessTree: true);
        }

        // Killed: it ends now, and must have ended before anyone cleans up behind it.
        await child.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Reads to the end, or to one byte more than <paramref name="most"/>.</summary>
    private static async Task<byte[]> ReadLimitedAsync(Stream stream, int most, CancellationToken cancellationToken)
    {
        var buffer = new byte[most + 1];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return buffer[..length];
    }

    private static GitNetworkReply? Parse(byte[] output)
    {
        try
        {
            return JsonSerializer.Deserialize(output, GitNetworkJson.Default.GitNetworkReply);
        }
        catch (JsonException e)
        {
            throw new GitNetworkChildException($"the child process for git's network calls replied with what is not JSON: {e.Message}");
        }
    }
}

internal sealed class GitNetworkChildException(string message) : Exception(message);
