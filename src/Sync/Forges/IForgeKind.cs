namespace GitOpsOperator.Sync.Forges;

/// <summary>
/// What is particular to one kind of forge. An adapter is a folder that holds one of these and its <see cref="IForge"/>, and a line in
/// <see cref="ForgeFactory"/>: configuration, validation and messages ask here, so that none of them names a forge.
/// </summary>
public interface IForgeKind
{
    /// <summary>As the configuration names it.</summary>
    string Name { get; }

    /// <summary>The root of an API, as an example for people.</summary>
    string ApiExample { get; }

    /// <summary>How this forge names a repository, as people write it: <c>OWNER/NAME</c>.</summary>
    string RepositoryForm { get; }

    /// <summary>API and repository as the URL of a repository implies them; null where it does not.</summary>
    (Uri Api, string Repository)? Implied(Uri repositoryUrl);

    bool IsRepository(string repository);

    /// <summary>Everything that is wrong with an app to speak as, each beginning with the option: <c>id: …</c>. A forge without apps
    /// refuses any.</summary>
    IEnumerable<string> AppErrors(ForgeAppOptions app) => [$"id: a forge of kind {Name} has no apps; leave app out, and give a tokenFile"];

    IForge Open(ForgeOptions options, TimeProvider time);
}
