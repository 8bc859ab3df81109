using System.Globalization;
using Coverslip.Learning.Features;
using Coverslip.Learning.Loop;
using Coverslip.Learning.RunReports;
using Coverslip.Learning.StoredFeatures;

namespace Coverslip.Methods.Bags;

/// <summary>
/// Fits a logistic regression to pooled bags. Validation patients teach it, too: what it says of them is said by regressions
/// that had left them out, and so are the temperature and the choice of a strength.
/// </summary>
internal static class PooledFit
{
    /// <returns>What reads bags, its temperature, and probabilities of validation bags that were left out.</returns>
    internal static FittedBags Of(BagTask task, RunFolder run, ITrainingProgress progress, CancellationToken stop)
    {
        var (options, classes) = (task.Recipe.Bags, task.Classes);
        Bag[] known = [.. task.Training, .. task.Validation];
        var rows = new PatientRows(
            [.. known.Select((bag, i) => Row(task, bag, progress, (i + 1, known.Length), stop))],
            [.. known.Select(b => b.Class)],
            [.. known.Select(b => b.First.Patient)],
            classes
        );
        using var fitting = new LogisticFitting(rows, task.Recipe.Balanced);
        var selection = LeftOutSelection.Of(
            rows,
            new SettingChoice([.. options.C.Order()], options.Folds, task.Seed),
            fitting.Fit,
            stop
        );
        var (scaling, fitted) = fitting.Fit(null, [selection.Setting]);
        var reader = new PooledReader(options.Kind, scaling, (LogisticRegression)fitted[0]);
        // Where nothing is known of a bag the classes' shares are all there is to say.
        var temperature =
            selection.LeftOut.Length > 0 && task.Recipe.Features.Encoder.Kind != FeatureKind.None
                ? Temperature.Fit(selection.LeftOut, rows.Labels, rows.Patients.Distinct().Count())
                : 1;
        var said = temperature.ToString("0.###", CultureInfo.InvariantCulture);
        selection.Write(Path.Combine(run.Path, ChosenSettings.FileName), said);
        progress.Chosen(
            string.Create(CultureInfo.InvariantCulture, $"setting {selection.Setting}, temperature {said}")
        );
        var leftOut = new Dictionary<string, double[]>(StringComparer.Ordinal);
        foreach (var (bag, scores) in known.Zip(selection.LeftOut).Skip(task.Training.Count))
            leftOut[bag.First.Image] = Temperature.Softmax(scores, temperature);
        return new FittedBags(reader, temperature, leftOut);
    }

    private static double[] Row(
        BagTask task,
        Bag bag,
        ITrainingProgress progress,
        (int Done, int All) at,
        CancellationToken stop
    )
    {
        stop.ThrowIfCancellationRequested();
        var row = PooledReader.Row(task.Recipe.Bags.Kind, task.Features.Of(bag, stop));
        progress.Described(at.Done, at.All);
        return row;
    }
}

/// <summary>What a fit came to.</summary>
/// <param name="Reader">Reads bags.</param>
/// <param name="Temperature">By which scores are divided.</param>
/// <param name="LeftOut">First image of a validation bag → its probabilities by a reader that had not seen its patient; empty
/// where the reader has learned from no validation bag.</param>
internal sealed record FittedBags(IBagReader Reader, double Temperature, IReadOnlyDictionary<string, double[]> LeftOut);
