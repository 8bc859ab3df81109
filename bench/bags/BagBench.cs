using System.Globalization;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Loop;
using Coverslip.Learning.StoredFeatures;
using Coverslip.Methods.Bags;
using Coverslip.Torch;

namespace Coverslip.Bench.Bags;

/// <summary>Time and memory of training on bags whose features lie in files.</summary>
internal static class BagBench
{
    /// <summary><c>bags FOLDER --bags N --patches N --features D --kind WORD --hidden H --epochs E</c>: a line of a table.</summary>
    internal static void Run(string[] arguments)
    {
        Steps.SetThreads();
        var flags = new Flags(arguments, "bags", "patches", "features", "kind", "hidden", "epochs");
        var folder = flags.Words[0];
        var (bags, patches, features) = (
            flags.Int("bags", 100),
            flags.Int("patches", 10_000),
            flags.Int("features", 512)
        );
        Write(folder, bags, patches, features);
        var options = new BagOptions
        {
            Kind = Enum.Parse<BagKind>(
                flags.Text("kind", "gated-attention").Replace("-", "", StringComparison.Ordinal),
                ignoreCase: true
            ),
            Hidden = flags.Int("hidden", 64),
        };
        var recipe = new BagsRecipe
        {
            Bags = options,
            Training = new TrainingOptions { Epochs = flags.Int("epochs", 2), Patience = 0 },
        };
        using var stored = new StoredBags(row => Path.Combine(folder, row.Image));
        Bag[] all =
        [
            .. Enumerable.Range(0, bags).Select(i => new Bag([new CohortRow(i, $"{i}.h5", $"{i % 2}", $"{i}")], i % 2)),
        ];
        var task = new BagTask(recipe, stored, all, [], 1) { Classes = 2 };
        using var reader = new NetworkReader(new BagShape(features, 2, options), Device.Cpu);
        var before = Memory("VmRSS:");
        var run = new RunFolder(Path.Combine(folder, "run"));
        var progress = new Times();
        new TrainingLoop<IReadOnlyList<Bag>>(new BagTraining(task, reader), recipe.Training, run, progress).Run();
        Directory.Delete(run.Path, recursive: true);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {flags.Text("kind", "gated-attention")} | {bags} × {patches:N0} × {features} | {progress.Epochs[0]:0.0} | {progress.Epochs[^1]:0.0} | {Memory("VmHWM:")} | {before} | {TorchRuntime.Threads} |"
            )
        );
    }

    private static void Write(string folder, int bags, int patches, int features)
    {
        Directory.CreateDirectory(folder);
        var values = new Half[patches * features];
        for (var bag = 0; bag < bags; bag++)
        {
            var file = Path.Combine(folder, $"{bag}.h5");
            if (File.Exists(file))
                continue;
            var random = new Random(bag);
            for (var i = 0; i < values.Length; i++)
                values[i] = (Half)random.NextSingle();
            FeatureFile.Write(
                file,
                FeatureFile.Layouts[0],
                new PatchFeatures
                {
                    Name = $"{bag}",
                    Values = values,
                    Numbers = features,
                    Places = [.. Enumerable.Range(0, 2 * patches).Select(i => (double)i * 256)],
                    Facts = new PatchFacts { Encoder = "random", Level0Side = 256 },
                }
            );
        }
    }

    /// <summary>MiB.</summary>
    private static long Memory(string key) =>
        long.Parse(
            File.ReadLines("/proc/self/status").First(l => l.StartsWith(key, StringComparison.Ordinal)).Split(' ')[^2],
            CultureInfo.InvariantCulture
        ) / 1024;

    private sealed class Times : ITrainingProgress
    {
        private double before;

        internal List<double> Epochs { get; } = [];

        public void Step(int epoch, int step, int steps, MeanLoss soFar) { }

        public void Epoch(EpochRow row, RunState state)
        {
            Epochs.Add(row.Seconds - before);
            before = row.Seconds;
        }
    }
}
