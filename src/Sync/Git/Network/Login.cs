using LibGit2Sharp;

namespace GitOpsOperator.Sync.Git.Network;

/// <summary>Answers a server that asks for credentials, and remembers when that did not help: libgit2's errors do not tell.</summary>
internal sealed class Login(string username, string? token)
{
    // Every connection asks once more: the listing, the transfer, the reading back. A server that goes on asking would be
    // answered for ever.
    private const int MaxResponses = 6;

    private int _asked;

    public bool WasRejected { get; private set; }

    public Credentials Answer(string url, string usernameFromUrl, SupportedCredentialTypes types)
    {
        if (token is null || ++_asked > MaxResponses || !types.HasFlag(SupportedCredentialTypes.UsernamePassword))
        {
            WasRejected = true;
            throw new LibGit2SharpException(token is null ? "it was called without any" : "the server did not accept them");
        }

        return new UsernamePasswordCredentials { Username = username, Password = token };
    }
}
