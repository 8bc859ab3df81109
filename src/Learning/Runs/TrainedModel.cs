using System.Globalization;
using System.Text;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Images;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;

namespace Coverslip.Learning.Runs;

/// <summary>
/// A trained model ready to predict: a run folder, or the one file that <see cref="Pack"/> made of it. A run of several
/// parts
/// holds a model per part, and predicts with their mean.
/// </summary>
public sealed class TrainedModel : IDisposable
{
    private static readonly LeftOut[] Measured =
    [
        new("TrainingSeconds", "measured; the weights are a part"),
        new("WaitingShare", "measured; the weights are a part"),
        new("PeakMemory", "measured; the weights are a part"),
        new("Versions", "the weights are a part"),
    ];

    private readonly IReadOnlyList<IModel> models;
    private Fingerprint? madeOf;

    private TrainedModel(StoredRun run, IRecipe recipe, Device device)
    {
        (RecipeText, Recipe, Parts, Stain) = (run.RecipeText, recipe, run.Parts, StainOf(run, recipe));
        models = [.. Parts.Select(part => recipe.Untrained(part.Classes.Count, device))];
    }

    public string RecipeText { get; }

    public IRecipe Recipe { get; }

    public IReadOnlyList<RunDescription> Parts { get; }

    /// <summary>The stain that the training images were brought to, as it was fitted then; null for none.</summary>
    public InputStain? Stain { get; }

    /// <summary>What the parts have in common: classes, scale, rules.</summary>
    public RunDescription Description => Parts[0];

    /// <summary>Whether it is a packed file of an earlier version, whose bytes could not be held against a hash.</summary>
    public bool IsUnsealedFile { get; private init; }

    /// <summary>Loads a run folder or a packed file.</summary>
    /// <param name="path">Folder or file.</param>
    /// <param name="methods">The methods that recipes may name.</param>
    /// <param name="device">Where to compute.</param>
    /// <exception cref="IOException">There is no such run, it is not finished, or the file is no packed
    /// model.</exception>
    public static TrainedModel Load(string path, MethodList methods, Device device)
    {
        var run = StoredRun.Open(path);
        var trained = new TrainedModel(run, methods.Parse(run.RecipeText, path), device)
        {
            IsUnsealedFile = !run.IsSealed && File.Exists(path),
        };
        try
        {
            foreach (var (part, model) in trained.models.Index())
            {
                using (new TensorScope())
                    model.Load(run.Weights(part, device));
                model.PrepareToPredict();
            }
            return trained;
        }
        catch
        {
            trained.Dispose(); // weights that do not fit leave no half-made model behind
            throw;
        }
    }

    /// <summary>The parts' models, for methods that predict otherwise than window by window.</summary>
    public IReadOnlyList<IModel> Models => models;

    /// <summary>The weights of one part's network by path; they live as long as this.</summary>
    internal Dictionary<string, Tensor> Weights(int part) =>
        models[part].State().ToDictionary(p => p.Path, p => p.Value);

    /// <summary>
    /// Writes everything that predicting needs into one file: weights, recipe, stain, classes, scale, thresholds, cohort
    /// hash.
    /// </summary>
    public void Pack(string path)
    {
        var metadata = new Dictionary<string, string>
        {
            ["format"] = StoredRun.Format,
            [SafeTensorsSeal.Key] = "",
            ["recipe"] = RecipeText,
            ["parts"] = Parts.Count.ToString(CultureInfo.InvariantCulture),
        };
        if (Stain is not null)
            metadata["stain"] = Stain.Json;
        foreach (var (index, part) in Parts.Index())
        {
            using var text = new MemoryStream();
            part.Write(text);
            metadata[$"run-{index + 1}"] = Encoding.UTF8.GetString(text.ToArray());
        }
        using var scope = new TensorScope();
        SafeTensors.Write(
            path,
            models.Index().SelectMany(m => m.Item.State().Select(p => ($"{m.Index + 1}/{p.Path}", p.Value))),
            metadata
        );
    }

    /// <summary>The mean of the parts' probabilities, decided as the run was.</summary>
    /// <param name="patches">Images at the recipe's size.</param>
    /// <param name="batch">Images at a time.</param>
    /// <param name="progress">Told how many images are done.</param>
    /// <param name="stop">Stops between batches.</param>
    public Predictions Predict(
        PatchSet patches,
        int batch,
        Action<int>? progress = null,
        CancellationToken stop = default
    )
    {
        var sums = patches.Patches.Select(_ => new double[Description.Classes.Count]).ToArray();
        foreach (var (index, model) in models.Index())
        {
            var task = new PredictionTask(
                patches,
                patches.Patches,
                batch,
                done => progress?.Invoke((done + index * sums.Length) / models.Count)
            );
            var rows = model.Able<IPredictsImages>().Probabilities(task, stop);
            for (var i = 0; i < sums.Length; i++)
            for (var c = 0; c < sums[i].Length; c++)
                sums[i][c] += rows[i][c] / models.Count;
        }
        if (Recipe.Findings is not null)
        {
            var found = Predictor.TableOfFindings(Description.Classes, patches.Patches, sums);
            return FindingThresholds is { } each ? found.DecideFindings(each) : found;
        }
        var predictions = Predictor.Table(Description.Classes, patches.Patches, sums);
        var thresholds = Parts.Where(p => p.Threshold is not null).Select(p => p.Threshold!.Value).ToArray();
        return thresholds.Length == 0 || Description.Positive is null
            ? predictions
            : predictions.Decide(Description.Positive, thresholds.Average());
    }

    /// <summary>The mean of the parts' thresholds of each finding; null where none were chosen.</summary>
    private double[]? FindingThresholds =>
        Parts.All(p => p.Thresholds is not null)
            ? [.. Description.Classes.Select((_, f) => Parts.Average(p => p.Thresholds![f]))]
            : null;

    /// <summary>Whether the method says where in an image it sees its classes.</summary>
    public bool HasMaps => models.All(m => m is IMapsFindings);

    /// <summary>Image by image, the mean of the parts' maps.</summary>
    /// <inheritdoc cref="IMapsFindings.Maps"/>
    public IEnumerable<ActivationMap> Maps(PatchSet patches, int batch, CancellationToken stop = default)
    {
        var task = new PredictionTask(patches, patches.Patches, batch);
        return models
            .Select(m => m.Able<IMapsFindings>().Maps(task, stop))
            .Aggregate((all, more) => all.Zip(more, (a, b) => a.Plus(b)))
            .Select(sum => sum.Over(models.Count));
    }

    /// <summary>The mean of the parts' probabilities [windows][classes] of pictures in memory.</summary>
    /// <inheritdoc cref="IPredictsWindows.Probabilities"/>
    public IReadOnlyList<double[]> Predict(WindowBatch windows, bool orientations)
    {
        var able = models.Select(m => m.Able<IPredictsWindows>()).ToArray();
        var sums = able[0].Probabilities(windows, orientations);
        foreach (var model in able.Skip(1))
        foreach (var (sum, row) in sums.Zip(model.Probabilities(windows, orientations)))
            for (var c = 0; c < sum.Length; c++)
                sum[c] += row[c];
        foreach (var sum in sums)
            for (var c = 0; c < sum.Length; c++)
                sum[c] /= models.Count;
        foreach (var (window, sum) in sums.Index())
            Predictor.CheckFinite($"window {window + 1} of {sums.Count}", Description.Classes, sum);
        return sums;
    }

    /// <summary>
    /// All that tells this model from others: every weight, the stain, what training left in the descriptions, the recipe.
    /// </summary>
    public Fingerprint MadeOf => madeOf ??= Described(new Fingerprint());

    private Fingerprint Described(Fingerprint to)
    {
        using var scope = new TensorScope();
        foreach (var (i, model) in models.Index())
            to.Add($"model.part_{i + 1}.weights", SafeTensors.Hash(model.State().Select(p => (p.Path, p.Value))));
        to.Add("model.stain", Stain?.Key);
        foreach (var (i, part) in Parts.Index())
            to.AddRecord($"model.part_{i + 1}", part, Measured);
        return to.AddRecord("model.recipe", Recipe);
    }

    /// <summary>
    /// Reads every image of a cohort and refuses what the model was not trained for, before anything is computed.
    /// </summary>
    /// <exception cref="InvalidDataException">An image has other channels or another scale; the message says which and
    /// why.</exception>
    public void CheckFits(Cohort cohort)
    {
        using var images = new PatchImage();
        foreach (var row in cohort.Rows)
        {
            using var image = images.Read(
                cohort.ImagePath(row),
                new ImageReadOptions { Depth = 8, Channels = Recipe.Input.Gray ? 1 : null }
            );
            CheckFits(row, SourceImage.Of(image, Recipe.Input));
        }
    }

    /// <summary>Refuses one image that the model was not trained for.</summary>
    /// <inheritdoc cref="CheckFits(Cohort)"/>
    public void CheckFits(CohortRow row, SourceImage source)
    {
        if (source.Channels != Description.SourceChannels)
            throw new InvalidDataException(
                $"{row.Image} has {source.Channels} channel(s), the model was trained on images of {Description.SourceChannels}"
            );
        // A tenth more or less is the play of hand-cut patches; beyond it cells have another size than those the
        // model knows.
        if (Recipe.AnyScale)
            return;
        if (source.Scale < Description.ScaleLow / 1.1 || source.Scale > Description.ScaleHigh * 1.1)
            throw new InvalidDataException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{row.Image} would be scaled by {source.Scale:0.###} to the model's {Recipe.Input.Width} pixels, its training images were scaled by {Description.ScaleLow:0.###} to {Description.ScaleHigh:0.###}; cut or resize the image to the size of the training images"
                )
            );
    }

    /// <exception cref="InvalidDataException">The stain that the recipe asks for is missing.</exception>
    private static InputStain? StainOf(StoredRun run, IRecipe recipe)
    {
        if (!recipe.Input.Restained)
            return null;
        if (run.Stain is null)
            throw new InvalidDataException(
                $"{run.Path}: the model was trained on images of a normalized stain (input.stain: {recipe.Input.Stain}), and "
                    + $"that stain is missing here; put the run's {StoredRun.StainName} back into the run folder, and pack it "
                    + "anew if this is a packed file"
            );
        return InputStain.Parse(run.Stain, $"{run.Path}, stain", recipe.Input.StainRefused);
    }

    public void Dispose()
    {
        foreach (var model in models)
            model.Dispose();
    }
}
