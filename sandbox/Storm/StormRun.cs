using System.Globalization;
using GitOpsOperator.Sandbox.Binaries;
using GitOpsOperator.Sandbox.History;
using GitOpsOperator.Sandbox.Launch;
using GitOpsOperator.Sandbox.Node;
using Grpc.Core;
using k8s;
using k8s.Autorest;

namespace GitOpsOperator.Sandbox.Storm;

/// <summary>
/// One storm: a cluster under a writer, to which things happen by a seed; then all is healed, and what was acknowledged is held against
/// what is there.
/// </summary>
internal sealed class StormRun(StormOptions options, TextWriter output, TimeProvider time)
{
    private const int Held = 0;
    private const int Violated = 3;
    private const int MostAtOnce = 5;

    private static readonly TimeSpan FirstConvergence = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PersonLooks = TimeSpan.FromSeconds(3);

    /// <returns>0 where everything holds, 3 where an acknowledged write is lost, an answer inexplicable or a volume wrongly
    /// deleted.</returns>
    /// <exception cref="StormFailedException">It could not be made.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (SandboxState.Running(Path.Combine(options.Directory, "sandbox")) is { } running)
        {
            throw new StormFailedException($"a sandbox runs in {options.Directory} already (process {running.Pid}); end it first");
        }

        if (Directory.Exists(options.Directory))
        {
            Directory.Delete(options.Directory, recursive: true);
        }

        var repositories = Path.Combine(options.Directory, "git");
        Directory.CreateDirectory(repositories);
        var versions = new ImageBinaries(options.Binaries)
            .Versions("etcd")
            .Where(version => version.StartsWith("3.5.", StringComparison.Ordinal))
            .ToList();
        if (versions.Count == 0)
        {
            throw new StormFailedException($"no etcd 3.5 in {options.Binaries}; run scripts/binaries.sh");
        }

        await using var journal = new StormJournal(output, Path.Combine(options.Directory, "storm.log"), time);
        journal.Tell(
            string.Create(CultureInfo.InvariantCulture, $"storm, seed {options.Seed}, {options.Duration.TotalMinutes:0.#} minutes")
        );
        var desired = new DesiredCluster(Path.Combine(repositories, "clusters.git"), Path.Combine(options.Directory, "clone"))
        {
            Version = versions[0],
        };
        await desired.CreateAsync(cancellationToken);
        await desired.PushAsync("Three members", cancellationToken);
        using var way = new ApiWay(time);
        await using var programs = await StormPrograms.StartAsync(options, repositories, way.Port, journal.Hear, time, cancellationToken);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var access = await KubernetesClientConfiguration.BuildConfigFromConfigFileAsync(new FileInfo(programs.Kubeconfig));
        using var client = new Kubernetes(access);
        var answers = new MemberAnswers(programs.ControlSocket, time);
        var sight = new ClusterSight(client, answers, time);
        var volumes = new VolumeWatch(client, sight, answers, journal, time);
        var scene = new StormScene(
            client,
            programs,
            new SandboxFaults(programs.ControlSocket),
            sight,
            desired,
            way,
            volumes,
            journal,
            time
        );
        Task[] beside = [way.RunAsync(new Uri(access.Host).Port, over.Token), volumes.RunAsync(over.Token)];
        try
        {
            return await RunAsync(scene, answers, versions, cancellationToken);
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll(beside);
        }
    }

    private async Task<int> RunAsync(
        StormScene scene,
        MemberAnswers answers,
        IReadOnlyList<string> versions,
        CancellationToken cancellationToken
    )
    {
        var person = new StormPerson(scene, new Random(options.Seed));
        scene.Programs.StartOperator(0);
        if (await UntilConvergedAsync(scene, person, FirstConvergence, cancellationToken) is { } way)
        {
            throw new StormFailedException($"there was no cluster to begin with: {way}");
        }

        scene.Programs.StartWriter();
        var deeds = new StormDeeds(scene, versions);
        await deeds.CopyAllAsync(cancellationToken);
        await BlowAsync(scene, person, deeds, cancellationToken);

        scene.Journal.Tell("the storm is over");
        await scene.HealAsync(but: null, cancellationToken);
        (scene.Desired.Size, scene.Desired.Version) = (3, versions[^1]);
        await scene.Desired.PushAsync("After the storm", cancellationToken);
        var left = await UntilConvergedAsync(scene, person, options.Settling, cancellationToken);
        var verdict = await JudgeAsync(scene, answers, left, cancellationToken);
        var status = (await scene.Desired.StatusAsync(cancellationToken))?.ToString() ?? "none";
        foreach (var line in StormReport.Of(options, verdict, scene.Journal.Counts, status))
        {
            scene.Journal.Tell(line);
        }

        return verdict.Holds ? Held : Violated;
    }

    private async Task BlowAsync(StormScene scene, StormPerson person, StormDeeds deeds, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        using var events = StormSchedule.Of(options.Seed).GetEnumerator();
        events.MoveNext();
        var (next, look) = (time.GetUtcNow(), time.GetUtcNow());
        while (time.GetElapsedTime(begun) < options.Duration && scene.Programs.WriterRuns)
        {
            await scene.EndDueAsync(cancellationToken);
            if (time.GetUtcNow() >= look)
            {
                await person.LookAsync(cancellationToken);
                look = time.GetUtcNow() + PersonLooks;
            }

            if (time.GetUtcNow() >= next && scene.Lasting < MostAtOnce)
            {
                await DoAsync(scene, deeds, events.Current, cancellationToken);
                events.MoveNext();
                next = time.GetUtcNow() + events.Current.Pause;
            }

            await Task.Delay(Tick, time, cancellationToken);
        }
    }

    private static async Task DoAsync(StormScene scene, StormDeeds deeds, StormEvent drawn, CancellationToken cancellationToken)
    {
        var lasts = drawn.Lasts > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $", {drawn.Lasts.TotalSeconds:F0} s") : "";
        try
        {
            if (await deeds.DoAsync(drawn, cancellationToken) is { } whom)
            {
                scene.Journal.Count(drawn.Action.Name);
                scene.Journal.Tell($"#{drawn.Number} {drawn.Action.Name}: {whom}{lasts}");
            }
            else
            {
                scene.Journal.Count("not possible");
                scene.Journal.Tell($"#{drawn.Number} {drawn.Action.Name}: not now");
            }
        }
        catch (Exception e) when (e is HttpOperationException or HttpRequestException or HostProgramException)
        {
            scene.Journal.Count("not possible");
            scene.Journal.Tell($"#{drawn.Number} {drawn.Action.Name}: {e.Message}");
        }
    }

    /// <summary>Null once the operator says of the commit that it is reached; else what was in the way to the last.</summary>
    private async Task<string?> UntilConvergedAsync(
        StormScene scene,
        StormPerson person,
        TimeSpan within,
        CancellationToken cancellationToken
    )
    {
        var begun = time.GetTimestamp();
        StormStatus? status = null;
        while (time.GetElapsedTime(begun) < within)
        {
            await scene.EndDueAsync(cancellationToken);
            await person.LookAsync(cancellationToken);
            status = await scene.Desired.StatusAsync(cancellationToken);
            if (
                status is { Phase: "Converged" }
                && status.Revision == scene.Desired.Commit
                && status.Members.Count(member => member.Healthy) == scene.Desired.Size
                && scene.Damaged.Count == 0
            )
            {
                return null;
            }

            await Task.Delay(PersonLooks, time, cancellationToken);
        }

        return status?.ToString() ?? "the operator says nothing";
    }

    private async Task<StormVerdict> JudgeAsync(StormScene scene, MemberAnswers answers, string? left, CancellationToken cancellationToken)
    {
        var ended = scene.Programs.WriterRuns
            ? null
            : string.Join(
                ' ',
                (await File.ReadAllLinesAsync(Path.Combine(options.Directory, "writer.log"), cancellationToken)).TakeLast(5)
            );
        await scene.Programs.StopWriterAsync();
        var puts = await PutHistory.ReadAsync(scene.Programs.HistoryPath, cancellationToken);
        var registers = await RegisterHistory.ReadAsync(RegisterHistory.PathBeside(scene.Programs.HistoryPath), cancellationToken);
        var stored = await StoredAsync(scene, answers, cancellationToken);
        return new(
            puts,
            stored is null ? null : puts.Lost(stored),
            registers.Answered,
            registers.Verify(),
            ended,
            scene.Volumes.Deleted,
            left
        );
    }

    /// <summary>What a majority holds, read through any member that answers; null where none does.</summary>
    private async Task<IReadOnlyDictionary<string, string>?> StoredAsync(
        StormScene scene,
        MemberAnswers answers,
        CancellationToken cancellationToken
    )
    {
        foreach (var member in (await scene.Sight.MembersAsync(cancellationToken)).Where(member => member.Answer is { IsLearner: false }))
        {
            try
            {
                using var channel = answers.Connect(member.Address!);
                return await StoredKeys.ReadAsync(channel, time, cancellationToken);
            }
            catch (RpcException e)
            {
                scene.Journal.Tell($"{member.Name} cannot be read: {e.Status.Detail}");
            }
        }

        return null;
    }
}
