using System.Globalization;
using System.Text;
using Coverslip.Evaluation.Metrics;
using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
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
        new("Precision", "measured; the recipe with what was chosen is a part"),
        new("Versions", "the weights are a part"),
        new("Reproducible", "the weights are a part"),
        new("WeightsHash", "the weights are a part"),
    ];

    /// <summary>The part of a fingerprint that says which of a run's parts predict, where not all do.</summary>
    internal const string JudgedBy = "model.judged_by";

    private readonly IReadOnlyList<IModel> models;
    private readonly TrainedModel? whole;
    private readonly List<Int8Network> int8 = [];
    private readonly List<Int8Facts> quantized = [];
    private Fingerprint? madeOf;

    private TrainedModel(StoredRun run, IRecipe recipe, Device device)
    {
        (RecipeText, Recipe, Parts, Stain) = (run.RecipeText, recipe, run.Parts, StainOf(run, recipe));
        (TrainedOn, Features, Folders) = (run.TrainedOn, run.Features, run.Folders);
        models = [.. Parts.Select(part => recipe.Untrained(part.Classes.Count, device))];
    }

    /// <summary>Some parts of a run, which keeps its models.</summary>
    private TrainedModel(TrainedModel whole, int[] places)
    {
        (RecipeText, Recipe, Stain, TrainedOn) = (whole.RecipeText, whole.Recipe, whole.Stain, whole.TrainedOn);
        Stage = whole.Stage;
        (Parts, models) = ([.. places.Select(p => whole.Parts[p])], [.. places.Select(p => whole.models[p])]);
        Features = whole.Features.Count == 0 ? [] : [.. places.Select(p => whole.Features[p])];
        Folders = whole.Folders.Count == 0 ? [] : [.. places.Select(p => whole.Folders[p])];
        this.whole = whole;
    }

    public string RecipeText { get; }

    public IRecipe Recipe { get; }

    public IReadOnlyList<RunDescription> Parts { get; }

    /// <summary>The stain that the training images were brought to, as it was fitted then; null for none.</summary>
    public InputStain? Stain { get; }

    /// <summary>What it was trained on; null of a run of an earlier version.</summary>
    public TrainingImages? TrainedOn { get; }

    /// <inheritdoc cref="StoredRun.Features"/>
    internal IReadOnlyList<string> Features { get; }

    /// <inheritdoc cref="StoredRun.Folders"/>
    public IReadOnlyList<string> Folders { get; }

    /// <summary>What the parts have in common: classes, scale, rules.</summary>
    public RunDescription Description => Parts[0];

    /// <summary>Whether it is a packed file of an earlier version, whose bytes could not be held against a hash.</summary>
    public bool IsUnsealedFile { get; private init; }

    /// <summary>The earlier stage of a run that this is, see <see cref="StoredRun.Stage"/>; null of finished runs.</summary>
    public string? Stage { get; private init; }

    /// <summary>Loads a run folder, a packed file, or the folder of a run's base model.</summary>
    /// <param name="path">Folder or file.</param>
    /// <param name="methods">The methods that recipes may name.</param>
    /// <param name="device">Where to compute.</param>
    /// <exception cref="IOException">There is no such run, it is not finished, or the file is no packed
    /// model.</exception>
    public static TrainedModel Load(string path, MethodList methods, Device device)
    {
        var run = StoredRun.Open(path);
        var recipe = methods.Parse(run.RecipeText, path);
        if (run.Stage is { } stage && (recipe as ISegmentsImages)?.BaseFolder != stage)
            throw new FileNotFoundException(
                $"{path} is a stage of a run and predicts nothing by itself; give the run's folder"
            );
        var trained = new TrainedModel(run, recipe, device)
        {
            Stage = run.Stage,
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

    /// <summary>How each part's network over numbers of eight bits agrees with float32, where these predict; else none.</summary>
    public IReadOnlyList<Int8Facts> Int8 => quantized;

    /// <summary>From now on each part's network over numbers of eight bits predicts.</summary>
    /// <exception cref="FileNotFoundException">A part has none.</exception>
    /// <exception cref="InvalidOperationException">Such a run has none, or it is on a GPU.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or of other weights.</exception>
    public void UseInt8()
    {
        if (Folders.Count == 0)
            throw new InvalidOperationException(
                "a packed file holds no networks over eight bits; give the run's folder, in which 'coverslip quantize' left them"
            );
        foreach (var (i, model) in models.Index())
        {
            var able = model.Able<IQuantizable>();
            var part = new RunFolder(Folders[i], make: false);
            quantized.Add(Int8Facts.Read(part, Parts[i].WeightsHash ?? RunWeights.Hash(part)));
            int8.Add(new Int8Network(part.Int8));
            able.ComputeBy(int8[^1].Probabilities);
        }
        madeOf = null;
    }

    /// <summary>
    /// The run as some of its parts predict, such as those that did not train on a patient; itself where these are all. It
    /// lives as long as the run.
    /// </summary>
    /// <param name="parts">Their numbers, from 1.</param>
    public TrainedModel Only(IReadOnlyList<int> parts)
    {
        int[] places = [.. Parts.Index().Where(p => parts.Contains(p.Item.Part)).Select(p => p.Index)];
        return places.Length == Parts.Count ? this : new TrainedModel(this, places);
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
    /// <exception cref="InvalidOperationException">It is an earlier stage.</exception>
    public void Pack(string path)
    {
        if (Stage is not null)
            throw new InvalidOperationException(
                $"the folder {Stage} of a run holds its base model, which has seen no mask; pack the run itself"
            );
        var metadata = new Dictionary<string, string>
        {
            ["format"] = StoredRun.Format,
            [SafeTensorsSeal.Key] = "",
            ["recipe"] = RecipeText,
            ["parts"] = Parts.Count.ToString(CultureInfo.InvariantCulture),
        };
        if (Stain is not null)
            metadata["stain"] = Stain.Json;
        if (TrainedOn is not null)
            metadata[StoredRun.TrainedOnField] = TrainedOn.Text();
        foreach (var (index, part) in Parts.Index())
        {
            using var text = new MemoryStream();
            (part with { WeightsHash = null }).Write(text); // the package has a hash of its own
            metadata[$"run-{index + 1}"] = Encoding.UTF8.GetString(text.ToArray());
        }
        using var scope = new TensorScope();
        SafeTensors.Write(
            path,
            models.Index().SelectMany(m => m.Item.State().Select(p => ($"{m.Index + 1}/{p.Path}", p.Value))),
            metadata
        );
    }

    /// <summary>Refuses a run whose models take slides only, before images are looked at.</summary>
    /// <exception cref="InvalidOperationException">It is one; the message says what its models take.</exception>
    public void CheckPredictsImages() => _ = models[0].Able<IPredictsImages>();

    /// <inheritdoc cref="ImagePrediction.Of"/>
    /// <param name="patches">Images at the recipe's size.</param>
    /// <param name="batch">Images at a time.</param>
    /// <param name="seen">Which parts may judge each image, and what is written of it; null: all parts every image.</param>
    /// <param name="progress">Told how many images are done.</param>
    /// <param name="stop">Stops between batches.</param>
    public Predictions Predict(
        PatchSet patches,
        int batch,
        IReadOnlyList<SeenImage>? seen = null,
        Action<int>? progress = null,
        CancellationToken stop = default
    ) => new ImagePrediction(this, new PredictionTask(patches, patches.Patches, batch, progress), seen).Of(stop);

    /// <summary>From which probability on images are of the positive class, by the mean of the parts; null where none chose one.</summary>
    public double? Threshold =>
        Description.Positive is not null && Parts.Any(p => p.Threshold is not null)
            ? Parts.Where(p => p.Threshold is not null).Average(p => p.Threshold!.Value)
            : null;

    /// <summary>Whether the method says where in an image it sees its classes.</summary>
    public bool HasMaps => models.All(m => m is IMapsFindings);

    /// <summary>Image by image, the mean of the parts' maps.</summary>
    /// <inheritdoc cref="IMapsFindings.Maps"/>
    public IEnumerable<ActivationMap> Maps(PatchSet patches, int batch, CancellationToken stop = default)
    {
        return models
            .Select(
                (m, i) =>
                {
                    var set = patches.OfPart(Parts[i].Part);
                    return m.Able<IMapsFindings>().Maps(new PredictionTask(set, set.Patches, batch), stop);
                }
            )
            .Aggregate((all, more) => all.Zip(more, (a, b) => a.Plus(b)))
            .Select(sum => sum.Over(models.Count));
    }

    /// <summary>Whether its models reconstruct what they classify.</summary>
    public bool Reconstructs => models.All(m => m is IShowsInside { Reconstructs: true });

    /// <summary>Image by image, with pictures, what the first part makes of it on the way to its answer.</summary>
    /// <inheritdoc cref="IShowsInside.Inside"/>
    public IEnumerable<InnerView> Inside(
        PatchSet patches,
        IReadOnlyList<Patch> images,
        int batch,
        CancellationToken stop = default
    )
    {
        var set = patches.OfPart(Parts[0].Part);
        return (models[0] as IShowsInside)?.Inside(new PredictionTask(set, set.Same(images), batch), _ => true, stop)
            ?? [];
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
        if (whole is not null)
            return to.Add(whole.MadeOf).Add(JudgedBy, string.Join(", ", Parts.Select(p => p.Part)));
        using var scope = new TensorScope();
        foreach (var (i, model) in models.Index())
            to.Add($"model.part_{i + 1}.weights", SafeTensors.Hash(model.State().Select(p => (p.Path, p.Value))));
        to.Add("model.stain", Stain?.Key);
        foreach (var (i, part) in Parts.Index())
            to.AddRecord($"model.part_{i + 1}", part, Measured);
        foreach (var (i, facts) in quantized.Index())
            to.Add($"model.part_{i + 1}.int8", facts.FileHash);
        return to.AddRecord("model.recipe", Recipe);
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
        if (whole is not null)
            return;
        foreach (var model in models)
            model.Dispose();
        foreach (var network in int8)
            network.Dispose();
    }
}
