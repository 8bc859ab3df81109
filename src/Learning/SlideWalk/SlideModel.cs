using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Slides.Geometry;

namespace Coverslip.Learning.SlideWalk;

/// <summary>A part of a slide that a model looks at, brought to its size as training images were.</summary>
/// <param name="Mpp">Resolution at which the slide is read: that of the training images as stored.</param>
/// <param name="Side">Pixels of a window at this resolution.</param>
/// <param name="Input">Pixels that the network takes.</param>
/// <param name="Stain">The stain that windows are brought to before they are resized; null for none.</param>
public sealed record WindowInput(Mpp Mpp, PixelSize Side, PixelSize Input, InputStain? Stain)
{
    /// <summary>
    /// Times the microns per pixel of a second view of as many pixels around the same point; 1 (default): there is none.
    /// </summary>
    public double Context { get; init; } = 1;
}

/// <summary>A model as slides see it.</summary>
/// <param name="Window">What it looks at.</param>
/// <param name="MadeOf">Tells it from other models.</param>
/// <param name="Positive">The class that probabilities are of.</param>
/// <param name="Score">The probability of the positive class of each window.</param>
public sealed record SlideModel(
    WindowInput Window,
    Fingerprint MadeOf,
    string Positive,
    Func<WindowBatch, IReadOnlyList<double>> Score
)
{
    /// <summary>A run's model.</summary>
    /// <param name="model">The run.</param>
    /// <param name="mpp">Resolution of its training images where the run has none recorded; null otherwise.</param>
    /// <param name="orientations">Whether to average over the orientations.</param>
    /// <exception cref="InvalidOperationException">The run does not suit slides; the message says why.</exception>
    public static SlideModel Of(TrainedModel model, double? mpp, bool orientations)
    {
        var (run, input) = (model.Description, model.Recipe.Input);
        if (input.Form != InputForm.Raw)
            throw new InvalidOperationException(
                "this run was trained on masked images, and a slide has no masks; train one with input.form: raw"
            );
        if (run.SourceChannels != 3)
            throw new InvalidOperationException("this run was trained on gray images; slides are in color");
        var scale = WindowScale.Of(run);
        var window = new WindowInput(
            Mpp.Of(WindowScale.MppOf(run, mpp)),
            new PixelSize((int)Math.Round(input.Width / scale), (int)Math.Round(input.Height / scale)),
            new PixelSize(input.Width, input.Height),
            model.Stain
        )
        {
            Context = model.Recipe is INetworkRecipe { Views: [_, var context] } ? context : 1,
        };
        var positive =
            run.Positive
            ?? throw new InvalidOperationException(
                $"this run has {run.Classes.Count} classes ({string.Join(", ", run.Classes)}) and none that is looked for; "
                    + "name it in the recipe (decision.positive) and train again"
            );
        var column = run.Classes.Index().First(c => c.Item == positive).Index;
        return new SlideModel(
            window,
            new Fingerprint().Add(model.MadeOf).Add("model.orientations", $"{orientations}"),
            positive,
            windows => [.. model.Predict(windows, orientations).Select(p => p[column])]
        );
    }
}
