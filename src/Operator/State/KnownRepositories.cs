namespace GitOpsOperator.Operator.State;

/// <summary>What is known of the configured repositories, by their names. May be read and written from any thread.</summary>
internal sealed class KnownRepositories
{
    private readonly Lock _lock = new();
    private readonly OrderedDictionary<string, KnownRepository> _repositories = [];

    /// <param name="configured">Name and URL of each.</param>
    public KnownRepositories(IEnumerable<(string Name, string Url)> configured)
    {
        foreach (var (name, url) in configured)
        {
            _repositories[name] = new(name, url);
        }
    }

    /// <summary>
    /// Raised, from any thread and after the state has it, with the name of a repository that was polled, whether anything is new or not.
    /// </summary>
    public event Action<string>? Polled;

    public KnownRepository this[string name]
    {
        get
        {
            lock (_lock)
            {
                return _repositories[name];
            }
        }
    }

    /// <summary>In the order of the configuration.</summary>
    public IReadOnlyList<KnownRepository> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _repositories.Values];
            }
        }
    }

    /// <summary>A poll has ended, and this is what is known after it.</summary>
    public void Set(KnownRepository repository)
    {
        lock (_lock)
        {
            _repositories[repository.Name] = repository;
        }

        Polled?.Invoke(repository.Name);
    }
}
