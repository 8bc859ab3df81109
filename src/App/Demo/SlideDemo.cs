using Coverslip.App.Progress;
using Coverslip.App.Reports;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Files;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.RunReports;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlideWalk;
using Coverslip.Methods;
using Coverslip.Phantoms;
using Coverslip.Slides.Geometry;
using Coverslip.Torch;

namespace Coverslip.App.Demo;

/// <summary>What the slides of a demo showed.</summary>
/// <param name="Figures">Slide AUC, FROC score and sensitivity on slides of unseen patients.</param>
/// <param name="Report">The page with heatmaps beside the truth.</param>
internal sealed record SlideDemoResult(RunFigures Figures, string Report);

/// <summary>Phantom slides, a small patch classifier trained on some patients' slides, heatmaps of the others'.</summary>
internal static class SlideDemo
{
    private const string RecipeName = "tumor-detection-demo.yaml";

    internal static PhantomSlideCohortOptions Phantoms(int seed) =>
        new()
        {
            Patients = 24,
            Side = 2048,
            Mpp = Mpp.Of(1),
            Classes = [LesionClass.Micro],
            Seed = seed,
        };

    /// <summary>Runs everything below <paramref name="folder"/>; what is there already is not done again.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="phantoms">Whose seed divides the patients, too.</param>
    /// <param name="stop">Stops it.</param>
    /// <param name="settings">What holds in place of the recipe's own, as of <c>--set</c>.</param>
    internal static SlideDemoResult Run(
        string folder,
        PhantomSlideCohortOptions phantoms,
        CancellationToken stop,
        params IReadOnlyList<string> settings
    )
    {
        var file = Path.Combine(folder, "slides", "cohort.csv");
        if (!File.Exists(file))
            Paint(Path.GetDirectoryName(file)!, phantoms, stop);
        var cohort = Cohort.Load(file);
        var text = YamlText.With(DemoRun.Text(RecipeName), RecipeName, settings);
        var recipe = Known.Methods.Parse(text, RecipeName);
        var (folds, seed) = (recipe.Split.Folds, phantoms.Seed);
        var parts = KFoldSplits.Draw(cohort.PatientImages, folds, recipe.Split.ValidationShare, seed);
        var split = new Split(SplitKind.KFold, cohort.Hash, seed, [parts[0]]);

        var run = Path.Combine(folder, "tumor");
        Directory.CreateDirectory(run);
        WholeFile.Write(Path.Combine(run, "recipe.yaml"), text);
        split.Save(Path.Combine(run, "split.json"));
        using (var data = recipe.Prepare(new Preparation(cohort, Device.Cpu) { Progress = new ConsoleProgress() }))
        {
            var session = new TrainingSession(
                new SessionInput(recipe, data, split, Device.Cpu),
                run,
                _ => new TrainingProgress("slides", recipe.Epochs)
            );
            session.Run(null, stop);
        }
        var figures = DetectionFigures.OfRun(run, cohort, split.Parts.Count)!;
        return new SlideDemoResult(
            figures,
            RunReport.Write(new FinishedRun(run, cohort), DemoRun.ReportOf(RecipeName)).Path
        );
    }

    private static void Paint(string folder, PhantomSlideCohortOptions options, CancellationToken stop)
    {
        var tiles = options.Patients * SlidePhantom.Tiles(options.Side, options.Side);
        using var line = new ProgressLine("painting slides", tiles, "tiles");
        PhantomSlideCohort.Write(folder, options, done => line.Report(done), stop);
    }
}
