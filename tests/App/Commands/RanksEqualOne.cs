using System.Globalization;
using Coverslip.Files;
using Coverslip.Learning.Loop;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;

namespace Coverslip.App.Tests.Commands;

/// <summary>A training by two processes, as a user starts them, against the same by one.</summary>
internal static class RanksEqualOne
{
    /// <summary>Trains part 1 of a recipe both ways; expects the same losses and weights of every stage.</summary>
    /// <param name="at">A path in the folder of the test.</param>
    /// <param name="recipe">Its text; without dropout.</param>
    /// <param name="cohort">The cohort's file.</param>
    /// <param name="share">How far they may be apart, relatively.</param>
    /// <returns>Stages that were compared, by their folders.</returns>
    internal static async Task<string[]> Compare(Func<string, string> at, string recipe, string cohort, double share)
    {
        var file = at("ranks.yaml");
        File.WriteAllText(file, recipe);
        string[] Train(string to) => ["train", file, "--cohort", cohort, "--out", at(to), "--part", "1"];
        VerbCall.Run(0, Train("one"));
        await ProgramProcess.Call(0, [.. Train("two"), "--processes", "2"]);
        string[] stages =
        [
            .. Directory
                .GetFiles(at("one/part-1"), "metrics.csv", SearchOption.AllDirectories)
                .Select(found => Path.GetRelativePath(at("one"), Path.GetDirectoryName(found)!))
                .Order(StringComparer.Ordinal),
        ];
        foreach (var stage in stages)
            Same(new RunFolder(at($"one/{stage}")), new RunFolder(at($"two/{stage}")), share);
        return stages;
    }

    private static void Same(RunFolder one, RunFolder two, double share)
    {
        var (alone, both) = (CsvTable.Read(one.Metrics), CsvTable.Read(two.Metrics));
        Assert.Equal(alone.Rows.Count, both.Rows.Count);
        foreach (var column in (string[])["train_loss", "validation_loss"])
        foreach (var (a, b) in alone.Rows.Zip(both.Rows))
        {
            var (wanted, given) = (a.Fields[alone.Require(column)], b.Fields[both.Require(column)]);
            if (wanted.Length == 0)
                Assert.Equal("", given);
            else
                Assert.True(
                    Math.Abs(Number(wanted) - Number(given)) <= share * Math.Abs(Number(wanted)),
                    $"{one.Path}: {column} {given} of two, {wanted} of one"
                );
        }
        using var scope = new TensorScope();
        var (weights, others) = (SafeTensors.Read(one.State), SafeTensors.Read(two.State));
        var (apart, length) = (0.0, 0.0);
        foreach (var (path, weight) in weights.Where(w => w.Key.StartsWith("model/", StringComparison.Ordinal)))
        {
            var wide = weight.To(DType.Float64);
            apart += (others[path].To(DType.Float64) - wide).Square().Sum().Item();
            length += wide.Square().Sum().Item();
        }
        Assert.True(
            length > 0 && apart <= share * share * length,
            $"{one.Path}: weights {Math.Sqrt(apart / length):g3} apart"
        );
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
