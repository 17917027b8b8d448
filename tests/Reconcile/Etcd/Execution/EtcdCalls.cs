using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using GitOpsOperator.Drift.Etcd.Access;

namespace GitOpsOperator.Reconcile.Tests.Etcd.Execution;

/// <summary>Counts calls to etcd through the meter that operators see.</summary>
internal sealed class EtcdCalls : IDisposable
{
    private readonly ConcurrentDictionary<string, int> _byCall = [];
    private readonly MeterListener _listener = new();

    public EtcdCalls()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == EtcdMetrics.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            foreach (var tag in tags)
            {
                if (tag is { Key: "call", Value: string call })
                {
                    _byCall.AddOrUpdate(call, (int)count, (_, before) => before + (int)count);
                }
            }
        });
        _listener.Start();
    }

    public int Of(string call) => _byCall.GetValueOrDefault(call);

    public int Total => _byCall.Values.Sum();

    public void Dispose() => _listener.Dispose();
}
