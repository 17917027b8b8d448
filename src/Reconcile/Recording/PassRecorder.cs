using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using GitOpsOperator.Specs;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Reconcile.Recording;

/// <summary>
/// Keeps what was desired, seen and decided at each pass, a line of JSON for each. Deciding is pure, so whoever has the file can have the
/// same planner decide on the same facts again: for reports of errors, and to hold real runs against the model. Called by the loops of many
/// clusters at once.
/// </summary>
public sealed partial class PassRecorder : IDisposable
{
    /// <summary>As much as is written to one file: about a day of a cluster that changes, and weeks of one that does not.</summary>
    public const long MaxBytes = 64 * 1024 * 1024;

    /// <summary>How lines are written and read.</summary>
    public static readonly JsonSerializerOptions Options = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        IgnoreReadOnlyProperties = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ILogger<PassRecorder> _logger;
    private FileStream? _file;
    private bool _ended;

    /// <summary>
    /// The file is opened at the first pass, and appended to. One that cannot be written is told of in the log, and keeps nobody from
    /// working.
    /// </summary>
    public PassRecorder(string path, TimeProvider time, ILogger<PassRecorder> logger) => (_path, _time, _logger) = (path, time, logger);

    /// <param name="decision">In words, beginning with the id of the rule.</param>
    public void Record<TFacts>(ClusterKey cluster, string decision, TFacts facts)
    {
        var line = Encoding.UTF8.GetBytes(
            JsonSerializer.Serialize(new RecordedPass<TFacts>(_time.GetUtcNow(), cluster.ToString(), decision, facts), Options) + "\n"
        );
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            try
            {
                // Nothing is kept back: a line is there also where the process is killed right afterwards.
                _file ??= new(_path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
                if (_file.Length + line.Length <= MaxBytes)
                {
                    _file.Write(line);
                    return;
                }

                LogFull(_path, MaxBytes / (1024 * 1024));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogBroken(_path, e.Message);
            }

            _ended = true;
        }
    }

    public void Dispose() => _file?.Dispose();

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} has {Megabytes} MiB, and no further pass is recorded")]
    private partial void LogFull(string file, long megabytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} cannot be written, and no further pass is recorded: {Reason}")]
    private partial void LogBroken(string file, string reason);
}

/// <summary>A pass as it stands in a recording.</summary>
/// <param name="Cluster">As <see cref="ClusterKey"/> is written.</param>
/// <param name="Decision">In words, beginning with the id of the rule.</param>
/// <param name="Facts">What was seen, in the terms of its domain.</param>
public sealed record RecordedPass<TFacts>(DateTimeOffset At, string Cluster, string Decision, TFacts Facts);
