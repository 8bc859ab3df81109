using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Methods;
using Coverslip.Torch;

namespace Coverslip.Learning.Tests;

/// <summary>Trains a small recipe on a small cohort into a folder.</summary>
internal sealed class SmallRun(Cohort cohort, string folder, string change = "") : ITrainingProgress
{
    private static readonly string Recipe = """
        method: saganet
        input: {form: raw, height: 48, width: 48}
        network: {stem_filters: 8, growth: 4, positions: shared, dropout: 0.3}
        training: {epochs: 3, batch: 5, rate: 2e-3, schedule: constant, patience: 0}
        augmentation: {brightness: 0.1}
        """;

    internal string Folder => folder;

    /// <summary>The small recipe, in which lines of the change replace those of the same key.</summary>
    internal string RecipeText { get; } =
        string.Join('\n', Recipe.Split('\n').Where(l => !Keys(change).Contains(Key(l))).Append(change));

    internal INetworkRecipe Read => (INetworkRecipe)Known.Methods.Parse(RecipeText, "small.yaml");

    /// <summary>How many of the four parts of a cross-validation; 1 by default.</summary>
    internal int Parts { get; init; } = 1;

    /// <summary>Called after a step of an epoch, both counted from 0 and 1.</summary>
    internal Action<int, int>? OnStep { get; init; }

    internal Action<EpochRow, RunState>? OnEpoch { get; init; }

    internal int Epochs { get; private set; }

    internal Split Split =>
        new(SplitKind.Random, cohort.Hash, 1, [.. KFoldSplits.Draw(cohort.PatientImages, 4, 0.34, 1).Take(Parts)]);

    internal RunFolder Run => new(TrainingSession.PartFolder(folder, 0, Parts));

    internal IReadOnlyList<Predictions> Train(CancellationToken stop = default)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "recipe.yaml"), RecipeText);
        var patches = new PatchSet(cohort, Read.Input, null);
        return new TrainingSession(
            new SessionInput(Read, new ImageTrainingData(Read, patches), Split, Device.Cpu),
            folder,
            _ => this
        ).Run(stop: stop);
    }

    /// <summary>metrics.csv without the column of seconds, which no two runs share.</summary>
    internal string[] Losses =>
        [.. File.ReadAllLines(Run.Metrics).Select(l => string.Join(',', l.Split(',').Where((_, i) => i != 1)))];

    /// <summary>One column of metrics.csv, epoch by epoch.</summary>
    internal double[] Column(string name)
    {
        var lines = File.ReadAllLines(Run.Metrics);
        var column = Array.IndexOf(lines[0].Split(','), name);
        return
        [
            .. lines
                .Skip(1)
                .Select(l => double.Parse(l.Split(',')[column], System.Globalization.CultureInfo.InvariantCulture)),
        ];
    }

    private static IEnumerable<string> Keys(string lines) => lines.Split('\n').Select(Key);

    private static string Key(string line) => line.Split(':')[0];

    void ITrainingProgress.Step(int epoch, int step, int steps, MeanLoss soFar) => OnStep?.Invoke(epoch, step);

    void ITrainingProgress.Epoch(EpochRow row, RunState state)
    {
        Epochs++;
        OnEpoch?.Invoke(row, state);
    }
}
