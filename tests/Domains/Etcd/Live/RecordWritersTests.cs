using GitOpsOperator.Domains.Etcd.Live;

namespace GitOpsOperator.Domains.Etcd.Tests.Live;

/// <summary>Two operators that write in turn say so; one that takes over from another does not.</summary>
public sealed class RecordWritersTests
{
    private readonly SteppedTime _time = new();
    private readonly RecordWriters _writers = new("us");
    private int _version;

    [Fact]
    public void Who_takes_over_is_alone()
    {
        Assert.Null(Written("them"));
        Assert.Null(Written("them"));
        Assert.Null(Written("us"));
        Assert.Null(Written("us"));
    }

    /// <summary>It had been sent when its writer was told that it does not lead any more.</summary>
    [Fact]
    public void One_write_that_comes_late_is_nobody_who_writes_in_turn()
    {
        Written("us");

        Assert.Null(Written("them"));
        Assert.Null(Written("us"));
        Assert.Null(Seen("us"));
    }

    [Fact]
    public void Two_that_write_in_turn_are_named_until_the_other_is_quiet()
    {
        Written("us");
        Written("them");
        Written("us");

        Assert.Equal("them", Written("them"));
        Assert.Equal("them", Seen("them"));
        _time.Advance(RecordWriters.Quiet / 2);
        Assert.Equal("them", Written("them"));
        _time.Advance(RecordWriters.Quiet - TimeSpan.FromSeconds(1));
        Assert.Equal("them", Seen("them"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(Seen("them"));
    }

    /// <summary>An older release says nothing of itself.</summary>
    [Fact]
    public void A_record_that_names_nobody_is_nobody_elses()
    {
        Written("us");

        Assert.Null(Written(null));
        Assert.Null(Written(null));
    }

    private string? Written(string? by) => _writers.Look(by, $"{++_version}", _time);

    private string? Seen(string by) => _writers.Look(by, $"{_version}", _time);
}
