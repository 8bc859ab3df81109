using System.Globalization;
using Coverslip.Learning.Features;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Processes;

namespace Coverslip.Methods.Bags;

/// <summary>Trains a network on bags; the best epoch on validation bags is kept, and these say how sure it may be.</summary>
internal static class NetworkFit
{
    /// <summary>Where the network's weights stand in a run's files.</summary>
    internal const string Name = "network";

    /// <param name="task">Bags.</param>
    /// <param name="reader">With fresh weights.</param>
    /// <param name="run">Where the training is kept.</param>
    /// <param name="progress">Told how it goes.</param>
    /// <param name="stop">Stops between bags.</param>
    internal static (FittedBags Fitted, FitOutcome Outcome) Of(
        BagTask task,
        NetworkReader reader,
        RunFolder run,
        ITrainingProgress progress,
        CancellationToken stop
    )
    {
        // Features that are still to be computed are the leader's to compute; the others find them.
        Ranks.Now.LeadFirst(() =>
        {
            reader.Scale(task.Training.Select(bag => task.Features.Of(bag, stop)));
            return true;
        });
        var training = new BagTraining(task, reader);
        var outcome = new TrainingLoop<IReadOnlyList<Bag>>(training, task.Recipe.Training, run, progress).Run(stop);
        var temperature = 1.0;
        if (task.Validation.Count > 0)
            temperature = Temperature.Fit(
                [.. task.Validation.Select(bag => reader.Read(task.Features.Of(bag, stop)).Scores)],
                [.. task.Validation.Select(b => b.Class)],
                task.Validation.Select(b => b.First.Patient).Distinct().Count()
            );
        progress.Chosen(string.Create(CultureInfo.InvariantCulture, $"temperature {temperature:0.###}"));
        return (new FittedBags(reader, temperature, new Dictionary<string, double[]>()), outcome);
    }
}
