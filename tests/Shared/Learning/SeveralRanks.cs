using System.Globalization;
using Coverslip.Files;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Processes;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;
using Coverslip.Torch.Tests;

namespace Coverslip.Learning.Tests;

/// <summary>A training by several ranks, as threads of this process, against the same by one.</summary>
internal static class SeveralRanks
{
    private static readonly Lock Building = new();

    /// <summary>Trains both, and expects the same losses and weights.</summary>
    /// <param name="folder">Where both leave their files.</param>
    /// <param name="ranks">How many.</param>
    /// <param name="train">Trains into a folder; what it draws before it begins comes from <see cref="Alike"/>.</param>
    /// <param name="share">How far they may be apart, relatively.</param>
    /// <returns>Steps that were compared.</returns>
    internal static long EqualOne(string folder, int ranks, Func<RunFolder, FitOutcome> train, double share = 1e-5)
    {
        RunFolder Named(string name) => new(Path.Combine(folder, name));
        var steps = train(Named("alone")).Steps;
        var together = TogetherRanks.Run(
            ranks,
            group =>
            {
                Ranks.Enter(group);
                return train(Named("together"));
            }
        );
        Assert.All(together, outcome => Assert.Equal(steps, outcome.Steps));
        var (one, several) = (CsvTable.Read(Named("alone").Metrics), CsvTable.Read(Named("together").Metrics));
        Assert.Equal(one.Rows.Count, several.Rows.Count);
        foreach (var column in (string[])["train_loss", "train_class_loss", "validation_loss"])
        foreach (var (a, b) in one.Rows.Zip(several.Rows))
            Near(a.Fields[one.Require(column)], b.Fields[several.Require(column)], share, column);
        using var scope = new TensorScope();
        var (weights, others) = (SafeTensors.Read(Named("alone").State), SafeTensors.Read(Named("together").State));
        var (apart, length) = (0.0, 0.0);
        foreach (var (path, weight) in weights.Where(w => w.Key.StartsWith("model/", StringComparison.Ordinal)))
        {
            var wide = weight.To(DType.Float64);
            apart += (others[path].To(DType.Float64) - wide).Square().Sum().Item();
            length += wide.Square().Sum().Item();
        }
        var off = Math.Sqrt(apart / length);
        Assert.True(off <= share, $"weights are {off:g3} apart, not {share:g3}");
        return steps ?? 0;
    }

    /// <summary>Builds what is drawn at random with the same numbers, whichever thread comes.</summary>
    internal static T Alike<T>(Func<T> build)
    {
        T built;
        lock (Building)
        {
            TorchRuntime.Seed(7);
            built = build();
        }
        Ranks.Now.Sums(0); // threads share one generator: nobody seeds it anew while another still draws
        return built;
    }

    private static void Near(string expected, string given, double share, string column)
    {
        if (expected.Length == 0)
        {
            Assert.Equal("", given);
            return;
        }
        var (a, b) = (
            double.Parse(expected, CultureInfo.InvariantCulture),
            double.Parse(given, CultureInfo.InvariantCulture)
        );
        Assert.True(Math.Abs(a - b) <= share * Math.Abs(a), $"{column}: {given} of several, {expected} of one");
    }
}
