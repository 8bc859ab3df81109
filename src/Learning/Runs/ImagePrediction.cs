using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;

namespace Coverslip.Learning.Runs;

/// <summary>A run's parts at work on images, each image by those that may judge it.</summary>
/// <param name="model">The run.</param>
/// <param name="task">The images, with how many at a time and who is told how many are done.</param>
/// <param name="seen">Which parts may judge each image, and what is written of it; null: all parts every image.</param>
internal sealed class ImagePrediction(TrainedModel model, PredictionTask task, IReadOnlyList<SeenImage>? seen)
{
    private IReadOnlyList<string> Classes => model.Description.Classes;

    /// <summary>
    /// The mean of the parts' probabilities, decided as the run was. A set holds every class that is in the set of one part:
    /// each part's set keeps the promise by itself, whatever the others say, so theirs together does too. (The mean of the
    /// parts' thresholds on mean probabilities promises nothing; a majority of the parts twice the errors, Gasparin &amp;
    /// Ramdas 2024.)
    /// </summary>
    internal Predictions Of(CancellationToken stop)
    {
        var judged = task.Images.Select((image, i) => new Judged(image, Classes.Count, JudgesOf(i))).ToArray();
        foreach (var m in Enumerable.Range(0, model.Parts.Count))
            Judge(m, [.. judged.Where(j => j.Judges.Contains(m))], stop);
        double[][] means = [.. judged.Select(j => j.Means)];
        return Decided(
            model.Recipe.Findings is null
                ? Predictor.Table(Classes, task.Images, means)
                : Predictor.TableOfFindings(Classes, task.Images, means),
            judged
        );
    }

    /// <summary>What one part says of the images that it may judge.</summary>
    private void Judge(int part, Judged[] images, CancellationToken stop)
    {
        if (images.Length == 0)
            return;
        var familiarity = Familiarity.Of(model, part);
        var passes = familiarity is null ? 1 : 2;
        var own = task.Set.OfPart(model.Parts[part].Part);
        var patches = own.Same([.. images.Select(i => i.Patch)]);
        PredictionTask Pass(int pass) =>
            task with
            {
                Set = own,
                Images = patches,
                Progress = done =>
                    task.Progress?.Invoke(
                        (((done + pass * images.Length) / passes) + part * task.Images.Count) / model.Parts.Count
                    ),
            };
        var rows = model.Models[part].Able<IPredictsImages>().Probabilities(Pass(0), stop);
        var sets = model.Parts[part].Conformal switch
        {
            null => rows.Select(row => new bool[row.Length]),
            { Crossed: true } => ((ICallsSets)model.Models[part]).Sets(Pass(0) with { Progress = null }, stop),
            var split => rows.Select(row => row.Select(split.Admits).ToArray()),
        };
        foreach (var (image, (row, set)) in images.Zip(rows.Zip(sets)))
            image.Add(row, set);
        if (familiarity is null)
            return;
        foreach (
            var (image, far) in images.Zip(familiarity.Of(model.Models[part].Able<IDescribesImages>(), Pass(1), stop))
        )
            image.Distances.Add(far);
    }

    /// <summary>The parts that judge an image, by place.</summary>
    private int[] JudgesOf(int image) =>
        [
            .. Enumerable
                .Range(0, model.Parts.Count)
                .Where(m => seen is null || seen[image].Parts.Contains(model.Parts[m].Part)),
        ];

    private Predictions Decided(Predictions table, Judged[] judged)
    {
        var decided = new Prediction[judged.Length];
        foreach (var group in Enumerable.Range(0, judged.Length).GroupBy(i => string.Join(',', judged[i].Judges)))
        {
            int[] at = [.. group];
            RunDescription[] parts = [.. judged[at[0]].Judges.Select(m => model.Parts[m])];
            var these = Thresholded(table with { Rows = [.. at.Select(i => table.Rows[i])] }, parts);
            if (parts.Any(p => p.Conformal is not null))
                these = ConformalThreshold.Union(these, at.Select(i => judged[i].Set));
            foreach (var (row, i) in these.Rows.Zip(at))
                decided[i] = row with { TrainedOn = seen?[i].TrainedOn ?? "", Unfamiliar = judged[i].Unfamiliar };
        }
        return table with { Rows = decided };
    }

    /// <summary>Decided at the mean of some parts' thresholds; as they are where those chose none.</summary>
    private Predictions Thresholded(Predictions table, RunDescription[] parts)
    {
        if (table.MultiLabel)
            return parts.All(p => p.Thresholds is not null)
                ? table.DecideFindings([.. Classes.Select((_, f) => parts.Average(p => p.Thresholds![f]))])
                : table;
        double[] thresholds = [.. parts.Where(p => p.Threshold is not null).Select(p => p.Threshold!.Value)];
        return thresholds.Length == 0 || model.Description.Positive is null
            ? table
            : table.Decide(model.Description.Positive, thresholds.Average());
    }

    /// <summary>What the parts say of one image.</summary>
    private sealed class Judged(Patch patch, int classes, int[] judges)
    {
        internal Patch Patch => patch;

        internal int[] Judges => judges;

        internal double[] Means { get; } = new double[classes];

        internal bool[] Set { get; } = new bool[classes];

        internal List<double> Distances { get; } = [];

        /// <summary>On average over the parts, as the probabilities are; null where not every part measured.</summary>
        internal double? Unfamiliar => Distances.Count == judges.Length ? Distances.Average() : null;

        internal void Add(double[] row, bool[] set)
        {
            for (var c = 0; c < row.Length; c++)
            {
                Means[c] += row[c] / judges.Length;
                Set[c] |= set[c];
            }
        }
    }
}
