using Coverslip.App.Progress;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Files;
using Coverslip.Learning.Features;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.RunReports;
using Coverslip.Learning.Runs;
using Coverslip.Methods;
using Coverslip.Phantoms;
using Coverslip.Slides.Images;
using Coverslip.Torch;

namespace Coverslip.App.Demo;

/// <summary>What a demo found.</summary>
/// <param name="Full">Test predictions of the full method.</param>
/// <param name="Baseline">Test predictions of the network without its four parts; null where it was left out.</param>
/// <param name="ColorAlone">Accuracy of one nearest neighbor on color histograms, on the same split.</param>
/// <param name="MaskOverlap">Mean intersection over union of computed and true masks.</param>
/// <param name="WholeOverlap">The same, had everything been called valid.</param>
internal sealed record DemoResult(
    Predictions Full,
    Predictions? Baseline,
    double ColorAlone,
    double MaskOverlap,
    double WholeOverlap
)
{
    internal required Cohort Cohort { get; init; }

    internal required PatchMasks Masks { get; init; }
}

/// <summary>Phantom cohort, masks, two trainings on one patient-disjoint split.</summary>
internal static class DemoRun
{
    /// <summary>
    /// What the full method reaches on unseen patients at least, on average over seeds 1 to 3: <c>bench/demo.sh</c>.
    /// </summary>
    internal const double StatedAccuracy = 0.9;

    internal static PhantomCohortOptions Phantoms(int seed) =>
        new()
        {
            Patients = 16,
            LeastPatches = 6,
            MostPatches = 10,
            Seed = seed,
            Patch = new PatchPhantomOptions { Size = 128 },
        };

    /// <summary>Runs everything below <paramref name="folder"/>; what is there already is not done again.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="phantoms">Whose seed divides the patients, too.</param>
    /// <param name="baseline">Whether to train the baseline, too.</param>
    /// <param name="stop">Stops it.</param>
    /// <param name="settings">What holds in place of the recipe's own, as of <c>--set</c>.</param>
    internal static DemoResult Run(
        string folder,
        PhantomCohortOptions phantoms,
        bool baseline,
        CancellationToken stop,
        params IReadOnlyList<string> settings
    )
    {
        var file = Path.Combine(folder, "cohort", "cohort.csv");
        if (!File.Exists(file))
        {
            Console.Error.WriteLine($"painting phantom patches of {phantoms.Patients} patients");
            PhantomCohort.Write(Path.Combine(folder, "cohort"), phantoms);
        }
        var cohort = Cohort.Load(file);
        (string Text, IRecipe Recipe) Read(string file)
        {
            var text = YamlText.With(Text(file), file, settings);
            return (text, Known.Methods.Parse(text, file));
        }
        var method = Read("saganet-demo.yaml");
        var recipe = method.Recipe;
        var (folds, seed) = (recipe.Split.Folds, phantoms.Seed);
        var parts = KFoldSplits.Draw(cohort.PatientImages, folds, recipe.Split.ValidationShare, seed);
        var split = new Split(SplitKind.KFold, cohort.Hash, seed, [parts[0]]);

        var given = new Preparation(cohort, Device.Cpu)
        {
            Split = split,
            MaskFolder = Path.Combine(folder, "masks"),
            Progress = new ConsoleProgress(),
            Stop = stop,
        };
        (Predictions Tested, PatchMasks? Masks) Train(string name, (string Text, IRecipe Recipe) chosen)
        {
            using var data = chosen.Recipe.Prepare(given);
            var run = Path.Combine(folder, name);
            Directory.CreateDirectory(run);
            WholeFile.Write(Path.Combine(run, "recipe.yaml"), chosen.Text);
            split.Save(Path.Combine(run, "split.json"));
            var session = new TrainingSession(
                new SessionInput(chosen.Recipe, data, split, Device.Cpu),
                run,
                _ => new TrainingProgress(name, chosen.Recipe.Epochs)
            );
            return (session.Run(null, stop)[0], data.Masks?.Of(1));
        }
        var (full, masks) = Train("run", method);
        var plain = baseline ? Train("baseline", Read("saganet-demo-baseline.yaml")).Tested : null;
        var (overlap, whole) = Overlaps(cohort, masks!);
        return new DemoResult(full, plain, ColorAlone(cohort, split), overlap, whole)
        {
            Cohort = cohort,
            Masks = masks!,
        };
    }

    /// <summary>What tells the runs of an embedded recipe.</summary>
    internal static IRunReport ReportOf(string name) => IRunReport.Of(Known.Methods.Of(Text(name), name));

    internal static string Text(string name)
    {
        using var stream =
            typeof(DemoRun).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"the program lacks its recipe {name}");
        return new StreamReader(stream).ReadToEnd();
    }

    private static double ColorAlone(Cohort cohort, Split split)
    {
        IReadOnlyList<(double[], string)> Side(SplitSide side) =>
            [
                .. split
                    .Parts[0]
                    .Rows(cohort, side)
                    .Select(row =>
                    {
                        using var image = ImageFile.Read(cohort.ImagePath(row));
                        return (NearestHistogram.Of(image), row.Label);
                    }),
            ];
        return NearestHistogram.Accuracy(
            [.. Side(SplitSide.Train), .. Side(SplitSide.Validation)],
            Side(SplitSide.Test)
        );
    }

    private static (double Mask, double Whole) Overlaps(Cohort cohort, PatchMasks masks)
    {
        var (mask, whole) = (0.0, 0.0);
        foreach (var row in cohort.Rows)
        {
            using var truth = MaskFile.Read(cohort.MaskPath(row)!);
            using var found = MaskFile.Read(masks.FileOf(row)!);
            int both = 0,
                either = 0,
                valid = 0;
            for (var i = 0; i < truth.Pixels.Length; i++)
            {
                var (t, f) = (truth.Pixels[i] != 0, found.Pixels[i] != 0);
                if (t && f)
                    both++;
                if (t || f)
                    either++;
                if (t)
                    valid++;
            }
            mask += either == 0 ? 1 : (double)both / either;
            whole += (double)valid / truth.Pixels.Length;
        }
        return (mask / cohort.Rows.Count, whole / cohort.Rows.Count);
    }
}
