using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using GitOpsOperator.Domains.Etcd.Live.Access;

namespace GitOpsOperator.Domains.Etcd.Tests.Execution;

/// <summary>Counts calls to etcd through the meter that operators see.</summary>
internal sealed class EtcdCalls : IDisposable
{
    // The meter is one for the process; a loop of another test that is still ending must not be counted.
    private static readonly AsyncLocal<EtcdCalls?> Counting = new();

    private readonly ConcurrentDictionary<string, int> _byCall = [];
    private readonly MeterListener _listener = new();

    /// <param name="everyones">Also those of loops that were started before this.</param>
    public EtcdCalls(bool everyones = false)
    {
        Counting.Value = this;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == EtcdMetrics.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>(
            (_, count, tags, _) =>
            {
                if (!everyones && Counting.Value != this)
                {
                    return;
                }

                foreach (var tag in tags)
                {
                    if (tag is { Key: "call", Value: string call })
                    {
                        _byCall.AddOrUpdate(call, (int)count, (_, before) => before + (int)count);
                    }
                }
            }
        );
        _listener.Start();
    }

    public int Of(string call) => _byCall.GetValueOrDefault(call);

    public int Total => _byCall.Values.Sum();

    public void Dispose() => _listener.Dispose();
}
