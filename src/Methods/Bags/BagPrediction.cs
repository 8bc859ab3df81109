using System.Globalization;
using Coverslip.Evaluation.Metrics;
using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Runs;

namespace Coverslip.Methods.Bags;

/// <summary>
/// What a run says of bags of images or of files of features: each bag by the parts that did not train on its patient, the mean
/// of them. <c>instances.csv</c> has how much each instance speaks for the class that is looked for, or was called.
/// </summary>
internal sealed class BagPrediction(TrainedModel run, BagsRecipe recipe, TogetherTask task)
{
    private readonly IReadOnlyList<string> classes = run.Description.Classes;
    private readonly List<string[]> instances = [];

    internal Predictions Of(CancellationToken stop)
    {
        using var features = Features(stop);
        var places = task.Cohort.Rows.Index().ToDictionary(r => r.Item.Image, r => r.Index, StringComparer.Ordinal);
        var bags = Bag.Of(task.Cohort, task.Cohort.Rows, recipe.Bags.Of, classes);
        var (rows, done) = (new List<Prediction>(), 0);
        foreach (var bag in bags)
        {
            var seen = task.Seen?[places[bag.First.Image]];
            var judges = seen is null ? run : run.Only(seen.Parts);
            rows.Add(Judged(features, bag, judges, stop) with { TrainedOn = seen?.TrainedOn ?? "" });
            task.Progress?.Invoke(done += bag.Rows.Count);
        }
        CsvTable.Write(Path.Combine(task.Folder, "instances.csv"), ["image", "x", "y", "weight"], instances);
        return new Predictions(classes, rows);
    }

    private Prediction Judged(IBagFeatures features, Bag bag, TrainedModel judges, CancellationToken stop)
    {
        var said = judges.Models.Cast<BagModel>().Select(m => m.Predict(features, bag, stop)).ToArray();
        double[] mean = [.. classes.Select((_, c) => said.Average(s => s.Probabilities[c]))];
        var table = BagTable.Of(classes, [bag], [mean]);
        if (judges.Threshold is { } threshold)
            table = table.Decide(run.Description.Positive!, threshold);
        if (judges.Parts.Any(p => p.Conformal is not null))
        {
            // Each part's set keeps its promise by itself, so theirs together does, too.
            var sets = judges
                .Parts.Zip(said)
                .Select(p => p.Second.Probabilities.Select(v => p.First.Conformal?.Admits(v) == true).ToArray());
            table = ConformalThreshold.Union(
                table,
                [sets.Aggregate((all, more) => [.. all.Zip(more, (a, b) => a || b)])]
            );
        }
        var row = table.Rows[0];
        var shown = classes.ToList().IndexOf(run.Description.Positive ?? row.Predicted);
        Keep(features, bag, [.. said.Select(s => s.Instances[shown])], stop);
        return row;
    }

    private void Keep(IBagFeatures features, Bag bag, float[][] weights, CancellationToken stop)
    {
        var places = features.Of(bag, stop).Places;
        for (var i = 0; i < weights[0].Length; i++)
            instances.Add([
                places is null && bag.Rows.Count == weights[0].Length ? bag.Rows[i].Image : bag.First.Image,
                Text(places?.Places[2 * i]),
                Text(places?.Places[(2 * i) + 1]),
                Text(Math.Round(weights.Average(w => w[i]), 6)),
            ]);
    }

    private static string Text(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    private IBagFeatures Features(CancellationToken stop)
    {
        var (cohort, model) = (task.Cohort, (BagModel)run.Models[0]);
        var kind = BagFiles.KindOf(cohort);
        if (recipe.UnfitFor(cohort) is { } unfit)
            throw new InvalidDataException($"{cohort.Path}: {unfit}");
        if (BagPreparation.WithoutEncoder(recipe, cohort, kind) is { } plain)
            return plain;
        if (kind == RowKind.Image)
        {
            var set = new PatchSet(
                cohort,
                recipe.Input,
                null,
                new PatchReading { Classes = classes, Check = task.Check }
            );
            return new ImageBags(recipe, set, model.Device);
        }
        var stored = new StoredBags(row =>
            kind == RowKind.Features
                ? cohort.ImagePath(row)
                : model.Slides.FileOf(cohort.ImagePath(row), CohortMpp.OfSlide(cohort, row), task.Folder, stop)
        );
        stored.Check(cohort.Rows, null, stop);
        return stored;
    }
}
