using System.Globalization;
using System.Text.Json.Nodes;
using Coverslip.Files;
using Coverslip.Learning.Runs;
using Coverslip.Learning.Segmentation;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Images;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>Predicts images and slides with a run of this method: of each a mask, probabilities and outlines.</summary>
internal sealed class SlideSegments : ISlidePrediction, IImageSegmentation
{
    private readonly TrainedModel run;
    private readonly SelfSupervisedRecipe recipe;
    private readonly SlideSegmentationOptions options;

    /// <param name="run">A run of this method.</param>
    /// <param name="asked">How images are asked to be predicted.</param>
    /// <exception cref="InvalidOperationException">Something is asked that it cannot do.</exception>
    internal SlideSegments(TrainedModel run, PredictionRequest asked)
    {
        asked.Only("self-supervised", "--mpp", "--stride", "--batch", "--reconstructions", "--save-every");
        if (run.Stage is not null && !asked.Reconstructions)
            throw new InvalidOperationException(
                $"{run.Stage} is the run's base model: it gives images back and has seen no mask; pass --reconstructions, or give the run itself for masks"
            );
        (this.run, recipe) = (run, (SelfSupervisedRecipe)run.Recipe);
        var stored = asked.Mpp ?? run.Description.Mpp;
        var mpp = recipe.Windows.Mpp > 0 ? recipe.Windows.Mpp : stored / recipe.Windows.Scale ?? 0;
        options = new SlideSegmentationOptions(mpp, asked.Stride, asked.Batch ?? 16, asked.Reconstructions);
        if (asked.SaveEvery is { } pause)
            options = options with { SaveEvery = pause };
    }

    public string Kind => "segmentation";

    public string Unit => "windows";

    public bool Scores => false;

    public (double Mpp, int Side) Window => (options.Mpp, recipe.Input.Width);

    public Fingerprint AddTo(Fingerprint to) => Segmentation().AddTo(to.Add(run.MadeOf));

    public FinishedSlide Predict(SlideWork work)
    {
        var found = Segmentation().Predict(work.Slide, work.Tissue, work.State, work.Progress, work.Stop);
        var share = FilesOf(work).WriteSlide(found, recipe.Foreground);
        var record = new JsonObject
        {
            ["foreground"] = recipe.Foreground,
            ["foreground_share"] = share,
            ["columns"] = found.Grid.Columns,
            ["rows"] = found.Grid.Rows,
            ["cell_width_level0"] = found.Grid.CellWidth,
            ["cell_height_level0"] = found.Grid.CellHeight,
            ["read_at_mpp"] = options.Mpp,
            ["tissue_rule"] = work.Tissue.Rule,
            ["tumor_classes"] = Words(recipe.Windows.Classes.Tumor),
            ["normal_classes"] = Words(recipe.Windows.Classes.Normal),
        };
        var text = work.Tissue.Reason is { } reason ? $"no tissue: {reason}" : Told(share, "the tissue");
        return new FinishedSlide(
            new SlideOutcome(work.Name, null, text)
            {
                Figures = new JsonObject { ["foreground_share"] = share },
                Picture = FilesOf(work).Mask,
            },
            record
        );
    }

    public SlideOutcome? Finished(SlideWork work, JsonObject record) =>
        options.Reconstruct && !File.Exists(FilesOf(work).ReconstructedSlide)
            ? null
            : new SlideOutcome(work.Name, null, "finished before")
            {
                Picture = FilesOf(work).Mask,
                Figures = new JsonObject
                {
                    ["foreground_share"] = record["foreground_share"]?.DeepClone(),
                    ["finished_before"] = true,
                },
            };

    public SegmentedFile Write(string path, string folder, CancellationToken stop)
    {
        var files = new SegmentationFiles(folder, Path.GetFileNameWithoutExtension(path));
        var share = files.WriteImage(run, path, options, stop);
        using var plain = ScaledImage.Read(path, Path.GetFileName(path), recipe.Windows.Scale, stain: null);
        return new SegmentedFile(
            share,
            files.Mask,
            run.Stage is null ? Told(share, "the image") : "given back by the base model"
        )
        {
            Unfamiliar = run.Unfamiliar(ImageLook.Of(plain.Pixels)),
        };
    }

    private static SegmentationFiles FilesOf(SlideWork work) => new(work.Folder, work.Name);

    private static JsonArray Words(IEnumerable<string> words) => [.. words.Select(w => JsonValue.Create(w))];

    private static string Told(double share, string of) =>
        string.Create(CultureInfo.InvariantCulture, $"{share:0.0 %} of {of} called foreground");

    private SlideSegmentation Segmentation() =>
        options.Mpp > 0
            ? new SlideSegmentation(run, options)
            : throw new InvalidOperationException(
                "the run's images said no resolution; pass --mpp with the microns per pixel of its training images"
            );
}
