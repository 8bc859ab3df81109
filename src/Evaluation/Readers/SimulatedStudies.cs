using Coverslip.Evaluation.Statistics;

namespace Coverslip.Evaluation.Readers;

/// <summary>Many simulated studies of one size: how often the gain is found, and how often intervals hold it.</summary>
/// <param name="Studies">How many were drawn.</param>
/// <param name="Found">In how many the test of Obuchowski and Rockette gave p below 0.05 for a gain of the right sign; where there is none, of either: a false alarm.</param>
/// <param name="Held">In how many its interval held the gain.</param>
/// <param name="HeldByBootstrap">In how many that of the bootstrap did; null without one.</param>
/// <param name="Width">Mean width of the interval of Obuchowski and Rockette, where there is one; NaN where no study has.</param>
public sealed record SimulatedStudies(int Studies, int Found, int Held, int? HeldByBootstrap, double Width)
{
    /// <summary>Draws and judges them, with the seeds from that of the readers on.</summary>
    /// <param name="readers">Of what size, and how large the gain is.</param>
    /// <param name="studies">How many, from 1.</param>
    /// <param name="bootstrap">Draws of the bootstrap over readers and patients; 0 for none.</param>
    /// <param name="done">Told how many are judged.</param>
    public static SimulatedStudies Of(SimulatedReaders readers, int studies, int bootstrap, Action<int>? done = null)
    {
        var judged = new (bool Found, bool Held, bool ByBootstrap, double? Width)[studies];
        var finished = 0;
        Parallel.For(
            0,
            studies,
            i =>
            {
                var result = ReaderEvaluation.Of(
                    (readers with { Seed = readers.Seed + i }).Make(),
                    new ReaderOptions { Bootstrap = bootstrap }
                );
                bool Holds(Estimate e) => e.Low <= readers.Gain && readers.Gain <= e.High;
                // Where nothing varies there is no test, and nothing was found.
                if (result.Tests.GetValueOrDefault(ReaderFigure.Auc)?.ReadersAndCases is { } test)
                    judged[i] = (
                        test.P < 0.05
                            && (readers.Gain == 0 || Math.Sign(test.Change.Value ?? 0) == Math.Sign(readers.Gain)),
                        Holds(test.Change),
                        Holds(result.Pooled.Figures[ReaderFigure.Auc].Gain),
                        test.Change.High!.Value - test.Change.Low!.Value
                    );
                done?.Invoke(Interlocked.Increment(ref finished));
            }
        );
        return new SimulatedStudies(
            studies,
            judged.Count(j => j.Found),
            judged.Count(j => j.Held),
            bootstrap > 0 ? judged.Count(j => j.ByBootstrap) : null,
            judged.Average(j => j.Width) ?? double.NaN
        );
    }
}
