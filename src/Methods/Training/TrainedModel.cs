using System.Globalization;
using System.Text;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Slides.Images;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;

namespace Coverslip.Methods.Training;

/// <summary>
/// A trained model ready to predict: a run folder, or the one file that <see cref="Pack"/> made of it. A run of several
/// parts
/// holds a network per part, and predicts with their mean.
/// </summary>
public sealed class TrainedModel : IDisposable
{
    private const string Format = "coverslip-model-1";
    private readonly IReadOnlyList<IClassifier> networks;
    private readonly Device device;

    private TrainedModel(string recipe, IRecipe read, IReadOnlyList<RunDescription> parts, Device device)
    {
        (RecipeText, Recipe, Parts, this.device) = (recipe, read, parts, device);
        networks = [.. parts.Select(part => read.Build(part.Classes.Count, device))];
    }

    public string RecipeText { get; }

    public IRecipe Recipe { get; }

    public IReadOnlyList<RunDescription> Parts { get; }

    /// <summary>What the parts have in common: classes, scale, rules.</summary>
    public RunDescription Description => Parts[0];

    /// <summary>Loads a run folder or a packed file.</summary>
    /// <param name="path">Folder or file.</param>
    /// <param name="parse">Reads a recipe's text; the second argument names it in errors.</param>
    /// <param name="device">Where to compute.</param>
    /// <exception cref="IOException">There is no such run, it is not finished, or the file is no packed
    /// model.</exception>
    public static TrainedModel Load(string path, Func<string, string, IRecipe> parse, Device device)
    {
        if (Directory.Exists(path))
            return FromRun(path, parse, device);
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: there is neither a run folder nor a packed model of that name");
        var metadata = SafeTensors.ReadMetadata(path);
        if (metadata.GetValueOrDefault("format") != Format)
            throw new InvalidDataException($"{path} is no packed model; 'coverslip pack RUN --out FILE' writes one");
        var parts = Enumerable
            .Range(1, int.Parse(metadata["parts"], CultureInfo.InvariantCulture))
            .Select(part => RunDescription.Parse(Encoding.UTF8.GetBytes(metadata[$"run-{part}"]), path))
            .ToArray();
        return new TrainedModel(metadata["recipe"], parse(metadata["recipe"], path), parts, device).Filled(networks =>
        {
            using var scope = new TensorScope();
            var all = SafeTensors.Read(path, device);
            foreach (var (part, network) in networks.Index())
                network.Store.Load(RunFolder.Under(all, $"{part + 1}/"));
        });
    }

    /// <summary>
    /// Writes everything that predicting needs into one file: weights, recipe, classes, scale, thresholds, cohort hash.
    /// </summary>
    public void Pack(string path)
    {
        var metadata = new Dictionary<string, string>
        {
            ["format"] = Format,
            ["recipe"] = RecipeText,
            ["parts"] = Parts.Count.ToString(CultureInfo.InvariantCulture),
        };
        foreach (var (index, part) in Parts.Index())
        {
            using var text = new MemoryStream();
            part.Write(text);
            metadata[$"run-{index + 1}"] = Encoding.UTF8.GetString(text.ToArray());
        }
        SafeTensors.Write(
            path,
            networks.Index().SelectMany(n => n.Item.Store.All.Select(p => ($"{n.Index + 1}/{p.Path}", p.Value))),
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
        var reader = new BatchReader(patches, batch, device);
        foreach (var (index, network) in networks.Index())
        {
            var predictor = new Predictor(network, reader, Recipe);
            var rows = predictor.Probabilities(
                patches.Patches,
                done => progress?.Invoke((done + index * sums.Length) / networks.Count),
                stop
            );
            for (var i = 0; i < sums.Length; i++)
            for (var c = 0; c < sums[i].Length; c++)
                sums[i][c] += rows[i][c] / networks.Count;
        }
        var predictions = Predictor.Table(Description.Classes, patches.Patches, sums);
        var thresholds = Parts.Where(p => p.Threshold is not null).Select(p => p.Threshold!.Value).ToArray();
        return thresholds.Length == 0 || Description.Positive is null
            ? predictions
            : predictions.Decide(Description.Positive, thresholds.Average());
    }

    /// <summary>
    /// Reads every image of a cohort and refuses what the model was not trained for, before anything is computed.
    /// </summary>
    /// <exception cref="InvalidDataException">An image has other channels or another scale; the message says which and
    /// why.</exception>
    public void CheckFits(Cohort cohort)
    {
        foreach (var row in cohort.Rows)
        {
            using var image = ImageFile.Read(cohort.ImagePath(row), new ImageReadOptions { Depth = 8 });
            var source = SourceImage.Of(image, Recipe.Input);
            if (source.Channels != Description.SourceChannels)
                throw new InvalidDataException(
                    $"{row.Image} has {source.Channels} channel(s), the model was trained on images of {Description.SourceChannels}"
                );
            // A tenth more or less is the play of hand-cut patches; beyond it cells have another size than those the
            // model knows.
            if (source.Scale < Description.ScaleLow / 1.1 || source.Scale > Description.ScaleHigh * 1.1)
                throw new InvalidDataException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{row.Image} would be scaled by {source.Scale:0.###} to the model's {Recipe.Input.Width} pixels, its training images were scaled by {Description.ScaleLow:0.###} to {Description.ScaleHigh:0.###}; cut or resize the image to the size of the training images"
                    )
                );
        }
    }

    public void Dispose()
    {
        foreach (var network in networks)
            network.Dispose();
    }

    private static TrainedModel FromRun(string folder, Func<string, string, IRecipe> parse, Device device)
    {
        var file = Path.Combine(folder, "recipe.yaml");
        if (!File.Exists(file))
            throw new FileNotFoundException($"{folder} is no run folder: it has no recipe.yaml");
        var parts = Directory.Exists(Path.Combine(folder, "part-1"))
            ? Directory
                .GetDirectories(folder, "part-*")
                .OrderBy(f => f.Length)
                .ThenBy(f => f, StringComparer.Ordinal)
                .Select(f => new RunFolder(f))
                .ToArray()
            : [new RunFolder(folder)];
        var finished = parts.Where(p => File.Exists(p.Description)).ToArray();
        if (finished.Length < parts.Length)
            throw new InvalidOperationException(
                $"{folder} is not finished ({finished.Length} of {parts.Length} parts); go on with 'coverslip train … --resume'"
            );
        var text = File.ReadAllText(file);
        return new TrainedModel(
            text,
            parse(text, file),
            [.. finished.Select(p => RunDescription.Read(p.Description))],
            device
        ).Filled(networks =>
        {
            foreach (var (part, network) in networks.Index())
                finished[part].LoadBest(network.Store);
        });
    }

    private TrainedModel Filled(Action<IReadOnlyList<IClassifier>> load)
    {
        try
        {
            load(networks);
            var type = Recipe.Training.Precision == Precision.Bfloat16 ? DType.BFloat16 : DType.Float32;
            foreach (var network in networks)
                network.PrepareToPredict(type);
            return this;
        }
        catch
        {
            Dispose(); // weights that do not fit leave no half-made model behind
            throw;
        }
    }
}
