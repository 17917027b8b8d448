using LibGit2Sharp;

namespace GitOpsOperator.Sync.Git.Network;

/// <summary>The calls themselves, in the child.</summary>
internal static class GitNetworkCalls
{
    public const string RemoteName = "origin";

    public static GitNetworkReply Run(GitNetworkRequest request)
    {
        var login = new Login(request.Username, request.Token);
        try
        {
            LibGit2.Isolate();
            using var repository = new Repository(request.Directory);
            var remote =
                repository.Network.Remotes[RemoteName]
                ?? throw new InvalidOperationException($"The mirror {request.Directory} has no remote '{RemoteName}'.");
            return request.Operation switch
            {
                GitNetworkOperation.Fetch => Fetch(repository, remote, request, login),
                GitNetworkOperation.Push => Push(repository, remote, request, login),
                _ => throw new InvalidOperationException($"Unknown operation {request.Operation}."),
            };
        }
        catch (LibGit2SharpException e)
        {
            return GitNetworkErrors.From(e, login);
        }
    }

    private static GitNetworkReply Fetch(Repository repository, Remote remote, GitNetworkRequest request, Login login)
    {
        if (request.RemoteRefs.Count == 0)
        {
            return Transfer(repository, request, login, ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"]) ?? new();
        }

        var listed = repository
            .Network.ListReferences(remote, login.Answer)
            .OfType<DirectReference>()
            .ToLookup(reference => reference.CanonicalName, reference => reference.TargetIdentifier);
        if (request.RemoteRefs.FirstOrDefault(listed.Contains) is not { } found)
        {
            return new() { Error = SyncErrorKind.RefMissing };
        }

        // The whole point of asking first: an unchanged ref ends here.
        var reply = new GitNetworkReply { RemoteRef = found, RemoteId = listed[found].First() };
        if (repository.Refs[request.LocalRef]?.TargetIdentifier == reply.RemoteId)
        {
            return reply;
        }

        if (Transfer(repository, request, login, [$"+{found}:{request.LocalRef}"]) is { } error)
        {
            return error;
        }

        // The ref may have moved between the listing and the fetch; what arrived counts. One that vanished arrives as nothing.
        return repository.Refs[request.LocalRef] is { } arrived
            ? reply with
            {
                RemoteId = arrived.TargetIdentifier,
            }
            : new() { Error = SyncErrorKind.RefMissing };
    }

    /// <summary>Fetches, and returns the error or null.</summary>
    private static GitNetworkReply? Transfer(Repository repository, GitNetworkRequest request, Login login, string[] refspecs)
    {
        var tooLarge = false;
        var options = new FetchOptions
        {
            CredentialsProvider = login.Answer,
            TagFetchMode = TagFetchMode.None,

            // Returns false and never throws: an exception here passes through native frames and aborts the process.
            OnTransferProgress = progress => !(tooLarge |= progress.ReceivedBytes > request.MaxBytes),
        };
        try
        {
            Commands.Fetch(repository, RemoteName, refspecs, options, null);
            return null;
        }
        catch (UserCancelledException) when (tooLarge)
        {
            return new() { Error = SyncErrorKind.TooLarge, Message = $"the fetch passed {request.MaxBytes} bytes" };
        }
    }

    private static GitNetworkReply Push(Repository repository, Remote remote, GitNetworkRequest request, Login login)
    {
        var remoteRef = request.RemoteRefs.Single();
        var errors = new List<string>();
        var options = new PushOptions
        {
            CredentialsProvider = login.Answer,

            // A server that says no does not make Push throw. Without this the refusal would pass for success.
            OnPushStatusError = error => errors.Add($"{error.Reference}: {error.Message}"),
        };
        try
        {
            repository.Network.Push(remote, request.Commit, remoteRef, options);
        }
        catch (NonFastForwardException e)
        {
            return new() { Rejected = true, Message = e.Message };
        }

        if (errors.Count > 0)
        {
            return new() { Rejected = true, Message = string.Join("; ", errors) };
        }

        if (!request.ReadBack)
        {
            return new() { RemoteRef = remoteRef, RemoteId = request.Commit };
        }

        var now =
            repository
                .Network.ListReferences(remote, login.Answer)
                .OfType<DirectReference>()
                .FirstOrDefault(reference => reference.CanonicalName == remoteRef)
                ?.TargetIdentifier
            ?? "";
        return new()
        {
            RemoteRef = remoteRef,
            RemoteId = now,
            Rejected = now != request.Commit,
            Message = now == request.Commit ? "" : "another writer replaced the commit right after it was pushed",
        };
    }
}
