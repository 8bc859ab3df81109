using System.Globalization;
using Coverslip.Learning.Processes;

namespace Coverslip.Learning.Loop;

/// <summary>Where a run stands between epochs.</summary>
/// <param name="Epoch">The next epoch, from 0.</param>
/// <param name="Best">The best validation figure so far; the greater the better.</param>
/// <param name="BestEpoch">The epoch of that figure; −1 before the first.</param>
/// <param name="Seconds">Time spent so far.</param>
public sealed record RunState(
    int Epoch = 0,
    double Best = double.NegativeInfinity,
    int BestEpoch = -1,
    double Seconds = 0
)
{
    /// <summary>Seconds of training steps, and of these the ones that were waited for data.</summary>
    public (double All, double Waited) Stepping { get; init; }

    /// <summary>Processor time of all threads in training and validation so far, in seconds; 0 in states of before.</summary>
    public double Processor { get; init; }

    /// <summary>The part of the training steps' time that they waited for data; null before the first.</summary>
    public double? WaitingShare => Stepping.All > 0 ? Stepping.Waited / Stepping.All : null;

    /// <summary>
    /// Whether nothing has improved for <paramref name="patience"/> epochs; never with a patience of 0.
    /// </summary>
    public bool Exhausted(int patience) => patience > 0 && Epoch - 1 - BestEpoch >= patience;

    /// <summary>The leader's state, on every rank.</summary>
    internal RunState Told(Ranks ranks)
    {
        double[] own = [Epoch, Best, BestEpoch, Seconds, Stepping.All, Stepping.Waited, Processor];
        return ranks.Told(own) is [var epoch, var best, var bestEpoch, var seconds, var all, var waited, var processor]
            ? new RunState((int)epoch, best, (int)bestEpoch, seconds)
            {
                Stepping = (all, waited),
                Processor = processor,
            }
            : this;
    }

    internal Dictionary<string, string> ToMetadata() =>
        new()
        {
            ["epoch"] = Epoch.ToString(CultureInfo.InvariantCulture),
            ["best"] = Best.ToString("R", CultureInfo.InvariantCulture),
            ["best_epoch"] = BestEpoch.ToString(CultureInfo.InvariantCulture),
            ["seconds"] = Seconds.ToString("R", CultureInfo.InvariantCulture),
            ["stepping"] = Stepping.All.ToString("R", CultureInfo.InvariantCulture),
            ["waited"] = Stepping.Waited.ToString("R", CultureInfo.InvariantCulture),
            ["processor"] = Processor.ToString("R", CultureInfo.InvariantCulture),
        };

    internal static RunState From(IReadOnlyDictionary<string, string> metadata) =>
        new(
            int.Parse(metadata["epoch"], CultureInfo.InvariantCulture),
            double.Parse(metadata["best"], CultureInfo.InvariantCulture),
            int.Parse(metadata["best_epoch"], CultureInfo.InvariantCulture),
            double.Parse(metadata["seconds"], CultureInfo.InvariantCulture)
        )
        {
            // States of earlier versions have none of these.
            Processor = double.Parse(metadata.GetValueOrDefault("processor", "0"), CultureInfo.InvariantCulture),
            Stepping = (
                double.Parse(metadata.GetValueOrDefault("stepping", "0"), CultureInfo.InvariantCulture),
                double.Parse(metadata.GetValueOrDefault("waited", "0"), CultureInfo.InvariantCulture)
            ),
        };
}
