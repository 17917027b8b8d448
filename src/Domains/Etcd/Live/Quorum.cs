namespace GitOpsOperator.Domains.Etcd.Live;

/// <summary>etcd's arithmetic: a majority of the voters.</summary>
public static class Quorum
{
    public static int Of(int voters) => (voters / 2) + 1;

    /// <summary>How many more voters may fail before writes stop; negative where they have stopped already.</summary>
    public static int Tolerates(int voters, int healthy) => healthy - Of(voters);
}
