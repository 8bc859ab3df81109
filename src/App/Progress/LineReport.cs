namespace Coverslip.App.Progress;

/// <summary>Tells a line at once, where <see cref="Progress{T}"/> would tell later and from elsewhere.</summary>
internal sealed class LineReport(ProgressLine line) : IProgress<int>
{
    void IProgress<int>.Report(int value) => line.Report(value);
}
