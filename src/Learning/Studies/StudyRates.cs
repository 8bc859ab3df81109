using Coverslip.Evaluation.Metrics;
using Coverslip.Files;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;

namespace Coverslip.Learning.Studies;

/// <summary>The rates that a study tries, so that no model is compared at a rate that suits another one.</summary>
internal static class StudyRates
{
    private const double Least = 1e-12;

    /// <summary>A network's run with what it tries; others, whose training has no rate, as they are.</summary>
    /// <exception cref="RecipeException">A model that takes what one training of another left.</exception>
    internal static StudyRun Tried(StudyRun run, IReadOnlyList<double> rates, StudySource source)
    {
        if (rates.Count == 0 || run.Recipe is not INetworkRecipe)
            return run;
        if (run.Members.Count > 0)
            throw new RecipeException(
                $"{run.Model} is an ensemble, and 'rates' has {rates.Count} trainings of each of its members; leave one out"
            );
        if (run.SameTimeAs.Length > 0)
            throw new RecipeException(
                $"{run.Model} is trained for the time of {run.SameTimeAs}, and 'rates' has {rates.Count} trainings of it; leave one out"
            );
        return run with
        {
            Tried =
            [
                .. rates.Select(rate =>
                {
                    var over = YamlText.Of(CsvTable.Text(rate), "training", "rate");
                    var text = YamlText.Over(RecipeNode.Mapping(run.Text, run.Name), over);
                    return run with { Text = text, Recipe = source.Methods.Parse(text, run.Title), Rate = rate };
                }),
            ],
        };
    }

    /// <summary>The place of the training that a part's validation patients choose; null before all are finished.</summary>
    /// <exception cref="InvalidDataException">A part without validation patients.</exception>
    internal static int? Chosen(IReadOnlyList<RunFolder> tried)
    {
        if (tried.Count == 1)
            return 0;
        if (!tried.All(t => File.Exists(t.Description)))
            return null;
        if (tried.FirstOrDefault(t => !File.Exists(t.Validation)) is { } without)
            throw new InvalidDataException(
                $"{without.Path} has no validation patients, who choose among the study's rates; give split.validation_share more, or one rate"
            );
        return tried.Index().MinBy(t => LogLoss(Predictions.Read(t.Item.Validation))).Index;
    }

    /// <summary>Mean of −log p of what is true; of findings of each one.</summary>
    internal static double LogLoss(Predictions said) =>
        said.Rows.Average(row =>
        {
            var shown = row.Label.Split(Coverslip.Evaluation.Cohorts.CohortFile.Separator);
            var losses = said.Classes.Zip(
                row.Probabilities,
                (name, p) =>
                    shown.Contains(name) ? -Math.Log(Math.Max(p, Least))
                    : said.MultiLabel ? -Math.Log(Math.Max(1 - p, Least))
                    : 0
            );
            return losses.Sum();
        });
}
