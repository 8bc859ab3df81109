namespace Coverslip.Learning.Progress;

/// <summary>Told what work before and beside a training is at; whoever shows it decides how.</summary>
public interface IWorkProgress
{
    /// <summary>Begins something of known length; disposed of at its end, or by what begins next.</summary>
    /// <param name="what">Such as <c>reading images</c>.</param>
    /// <param name="total">How many there are.</param>
    /// <param name="unit">What they are, in the plural.</param>
    IWorkSteps Begin(string what, long total, string unit);

    /// <summary>A line that stays.</summary>
    void Note(string line);
}

/// <summary>How far one work is; threads may share it.</summary>
public interface IWorkSteps : IDisposable
{
    /// <summary>How many are done.</summary>
    void Report(long done);
}

/// <summary>Shows nothing.</summary>
internal sealed class SilentProgress : IWorkProgress, IWorkSteps
{
    public static SilentProgress Instance { get; } = new();

    public IWorkSteps Begin(string what, long total, string unit) => this;

    public void Note(string line) { }

    public void Report(long done) { }

    public void Dispose() { }
}
