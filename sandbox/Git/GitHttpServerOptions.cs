using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace GitOpsOperator.Sandbox.Git;

/// <summary>A git server for tests, the demo and the sandbox.</summary>
public sealed record GitHttpServerOptions
{
    /// <summary>Bare repositories directly in this folder are served as <c>/NAME</c>.</summary>
    public required string Root { get; init; }

    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>0 takes any that is free.</summary>
    public int Port { get; init; }

    /// <summary>When set, every request needs it as the password of basic authentication; asked anew for each request.</summary>
    public Func<string>? Token { get; init; }

    /// <summary>When set, the server speaks https with it.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>A request that takes longer is ended with its git process.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(2);

    public string GitProgram { get; init; } = "git";
}
