using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Runs;

/// <summary>
/// A run as one network over pixels, for who writes it down for another program: unmasked images [B, 3, H, W] in [0, 1] to
/// the probabilities that <c>predict</c> gives.
/// </summary>
internal sealed class RecordedRun
{
    private readonly IReadOnlyList<IRecordable> networks;
    private readonly int? column;

    /// <param name="model">The run, on the processor.</param>
    /// <param name="part">The one part to take, from 1; null: the mean of all.</param>
    /// <param name="finding">Of a model of findings: the one to tell; null where it knows but one.</param>
    /// <param name="target">Who takes it, as errors name it.</param>
    /// <exception cref="InvalidOperationException">Such a run cannot be written so; the message says why.</exception>
    internal RecordedRun(TrainedModel model, int? part, string? finding, string target)
    {
        Refuse(model, target);
        (Classes, column) = ClassesOf(model, finding, target);
        networks = [.. Chosen(model, part).Select(m => m.Able<IRecordable>())];
    }

    /// <summary>Names of the outputs.</summary>
    internal IReadOnlyList<string> Classes { get; }

    internal IReadOnlyList<ParameterStore> Stores => [.. networks.Select(n => n.Store)];

    /// <summary>[B, 3, H, W] → [B, classes].</summary>
    internal Tensor Probabilities(Tensor images)
    {
        var mean = networks.Select(n => n.Probabilities(images)).Aggregate((sum, more) => sum + more) / networks.Count;
        if (column is not { } finding)
            return mean;
        var shown = mean.Narrow(1, finding, 1);
        return Tensor.Cat([1 - shown, shown], 1);
    }

    private static void Refuse(TrainedModel model, string target)
    {
        var (run, input) = (model.Description, model.Recipe.Input);
        var reason =
            input.Form != InputForm.Raw
                ? $"it was trained on masked images, and {target} makes no masks; train one with input.form: raw"
            : input.Restained
                ? "it brings each image to a reference's stain, which is no network; train one with input.stain: none"
            : model.Recipe is INetworkRecipe { Views.Count: > 1 and var views }
                ? $"it sees each place at {views} resolutions, and {target} gives one; train one with a single view"
            : run.SourceChannels != 3 && !input.Gray
                ? $"it was trained on gray images, and {target} gives color; train one with input.gray: true"
            : null;
        if (reason is not null)
            throw new InvalidOperationException($"this run cannot be written for {target}: {reason}");
    }

    private static IReadOnlyList<IModel> Chosen(TrainedModel model, int? part) =>
        part is not { } number ? model.Models
        : number >= 1 && number <= model.Models.Count ? [model.Models[number - 1]]
        : throw new InvalidOperationException($"--part is {number}; this run has the parts 1 to {model.Models.Count}");

    /// <summary>Names of the outputs, and of findings the one that is told.</summary>
    private static (IReadOnlyList<string> Names, int? Finding) ClassesOf(
        TrainedModel model,
        string? finding,
        string target
    )
    {
        var all = model.Description.Classes;
        if (model.Recipe.Findings is null)
            return finding is null
                ? (all, null)
                : throw new InvalidOperationException(
                    $"--finding is '{finding}', and this run has classes of which each image is one; leave --finding out"
                );
        var told = finding ?? (all.Count == 1 ? all[0] : null);
        var column = told is null ? -1 : all.ToList().IndexOf(told);
        return column >= 0
            ? ([$"no {told}", told!], column)
            : throw new InvalidOperationException(
                $"an image may show several of this run's findings, and {target} tells one of several classes; choose with --finding: {string.Join(", ", all)}"
            );
    }
}
