using System.Security.Cryptography;

namespace GitOpsOperator.Domains.Etcd.Live;

/// <summary>
/// Who writes a cluster's record. Of the operators that share a lease one writes at a time. One that writes in turn with this one, which
/// leads all the while, has another lease and the same operator id: each undoes what the other does, and neither would ever say so.
/// </summary>
internal sealed class RecordWriters(string own)
{
    /// <summary>A writer that was fenced off may still have one write under way.</summary>
    private const int Limit = 2;

    /// <summary>Who has written nothing for so long is taken to have stopped.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMinutes(10);

    private string? _version;
    private bool _isOurs;
    private int _turns;
    private string? _other;
    private long _otherSince;

    /// <summary>A name for this life of an operator; the host's name is that of its pod.</summary>
    public static string NewName() => $"{Environment.MachineName}_{RandomNumberGenerator.GetHexString(8, lowercase: true)}";

    /// <param name="writer">Who has written the record that is seen; null where it does not say.</param>
    /// <param name="version">resourceVersion of the record that is seen.</param>
    /// <returns>The other operator that writes in turn with this one; null where there is none.</returns>
    public string? Look(string? writer, string? version, TimeProvider time)
    {
        if (version != _version && version is not null)
        {
            _version = version;
            if (writer == own)
            {
                _isOurs = true;
            }
            else if (writer is not null && (_isOurs || _turns > 0))
            {
                (_other, _otherSince, _turns) = (writer, time.GetTimestamp(), _turns + (_isOurs ? 1 : 0));
                _isOurs = false;
            }
        }

        if (_turns > 0 && time.GetElapsedTime(_otherSince) >= Quiet)
        {
            _turns = 0;
        }

        return _turns >= Limit ? _other : null;
    }
}
