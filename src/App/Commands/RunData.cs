using System.Globalization;
using Coverslip.App.Progress;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Masks;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Methods.MultiStage;
using Coverslip.Methods.SelfSupervised;
using Coverslip.Methods.TumorDetection;

namespace Coverslip.App.Commands;

/// <summary>What a recipe trains on: the cohort's image files with their masks, or its slides.</summary>
/// <param name="Data">As the session takes it.</param>
/// <param name="Masks">Masks of image files; null without.</param>
/// <param name="Rules">Rules of computed masks; null without.</param>
internal sealed record RunData(ITrainingData Data, PatchMasks? Masks, MaskRules? Rules) : IDisposable
{
    /// <summary>Reads, and where masks are missing makes, what the recipe needs.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="cohort">The cohort.</param>
    /// <param name="place">Where masks are, and the stain.</param>
    /// <param name="shared">Where runs find what they have in common; null: each trains its own.</param>
    /// <param name="stop">Stops between masks.</param>
    internal static RunData Prepare(
        IRecipe recipe,
        Cohort cohort,
        RunMasks.Place place,
        SharedTraining? shared,
        CancellationToken stop
    )
    {
        if (recipe is TumorDetectionRecipe detection)
            return OfSlides(detection, cohort, place.Stain);
        if (recipe is MultiStageRecipe stages)
            return OfGrids(stages, cohort, place.Stain, shared);
        if (recipe is SelfSupervisedRecipe segmentation)
            return OfWindows(segmentation, cohort, place.Stain, shared);
        var (masks, rules) = RunMasks.Prepare(recipe.Input, cohort, place, stop);
        PatchSet patches;
        using (var line = new ProgressLine("reading images", cohort.Rows.Count, "images"))
            patches = new PatchSet(
                cohort,
                recipe.Input,
                masks,
                new PatchReading { Stain = place.Stain, Progress = done => line.Report(done) }
            );
        RunStain.Tell(patches);
        if (recipe.Input.Form != InputForm.Raw)
            Console.Error.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"masks keep some area in {patches.Patches.Count - patches.EmptyMasks} of {patches.Patches.Count} images ({1 - (double)patches.EmptyMasks / patches.Patches.Count:0.0%}); at least 80 % is needed for masked results to mean anything"
                )
            );
        return new RunData(new ImageTrainingData(recipe, patches), masks, rules);
    }

    public void Dispose() => (Data as IDisposable)?.Dispose();

    private static RunData OfSlides(TumorDetectionRecipe recipe, Cohort cohort, InputStain? stain)
    {
        var progress = new SlideProgress(cohort.Rows.Count);
        var data = SlideTrainingData.Open(recipe, cohort, stain, progress);
        progress.Dispose();
        foreach (var slide in data.Slides.Slides)
            if (slide.Reason is { } reason)
                Console.Error.WriteLine($"{slide.Name}: {reason}");
        var classes = cohort.Classes.Select(
            (name, label) =>
            {
                var having = data.Slides.Sources.Where(s => s.Count(label) > 0).ToArray();
                return $"{name}: {having.Sum(s => (long)s.Count(label)):N0} places on {having.Length}";
            }
        );
        Console.Error.WriteLine(
            $"{data.Slides.Slides.Count()} slides, image files of {data.Slides.Sources.Count - data.Slides.Slides.Count()} patients; {string.Join(", ", classes)}"
        );
        return new RunData(data, null, null);
    }

    private static RunData OfWindows(
        SelfSupervisedRecipe recipe,
        Cohort cohort,
        InputStain? stain,
        SharedTraining? shared
    )
    {
        SelfSupervisedData data;
        using (var line = new ProgressLine("opening", cohort.Rows.Count, "images"))
            data = new SelfSupervisedData(recipe, cohort, stain, done => line.Report(done)) { Shared = shared };
        foreach (var (slide, reason) in data.Empty)
            Console.Error.WriteLine($"{slide}: {reason}");
        return new RunData(data, null, null);
    }

    private static RunData OfGrids(MultiStageRecipe recipe, Cohort cohort, InputStain? stain, SharedTraining? shared)
    {
        MultiStageData data;
        using (var line = new ProgressLine("opening slides", cohort.Rows.Count, "slides"))
            data = new MultiStageData(recipe, cohort, stain, done => line.Report(done)) { Shared = shared };
        foreach (var slide in data.Slides.Slides)
            if (slide.Reason is { } reason)
                Console.Error.WriteLine($"{slide.Name}: {reason}");
        return new RunData(data, null, null);
    }
}
