using System.Globalization;
using System.Text.Json.Nodes;
using Coverslip.Files;
using Coverslip.Learning.Encoders;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Tissue;
using Coverslip.Torch;

namespace Coverslip.Learning.StoredFeatures;

/// <summary>How features of slides are computed.</summary>
public sealed record SlideEncodingOptions
{
    /// <summary>Microns per pixel of patches; null (default): those that the encoder was trained at.</summary>
    public double? Mpp { get; init; }

    /// <summary>Least share of a patch that is tissue, 0 to 1; 0.1 by default. With 0 any tissue does.</summary>
    public double MinTissue { get; init; } = 0.1;

    /// <summary>How patches are turned and recolored; as they are by default.</summary>
    public FeatureViews Views { get; init; } = new();

    /// <summary>What is written; TRIDENT's layout by default.</summary>
    public IFeatureLayout Layout { get; init; } = FeatureFile.Layouts[0];

    /// <summary>Patches at a time; 32 by default.</summary>
    public int Batch { get; init; } = 32;
}

/// <summary>
/// Features of a slide's tissue, patch by patch on a grid without overlap from the slide's corner: <c>NAME.h5</c>, and of further
/// views <c>VIEW/NAME.h5</c>. One thread reads while the calling one computes; a slide that was stopped goes on where it was.
/// </summary>
public sealed class SlideEncoding : ISlidePrediction
{
    private readonly Encoder encoder;
    private readonly SlideEncodingOptions options;
    private readonly ViewEncoder views;
    private readonly Mpp mpp;

    /// <param name="encoder">Of squares; stays the caller's.</param>
    /// <param name="options">Patches, views, layout.</param>
    /// <param name="device">The encoder's.</param>
    /// <exception cref="ArgumentException">An option out of its range, or no resolution.</exception>
    public SlideEncoding(Encoder encoder, SlideEncodingOptions options, Device device)
    {
        if (encoder.Size.Height != encoder.Size.Width || encoder.Size.Height < HeatmapGrid.LeastStride)
            throw new ArgumentException(
                $"patches of {encoder.Size.Height} × {encoder.Size.Width} pixels; those of slides are squares of at least {HeatmapGrid.LeastStride}"
            );
        options.Views.Check(encoder.Size);
        if (options.MinTissue is not (>= 0 and <= 1))
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the least tissue is {options.MinTissue}; it goes from 0 to 1"
                )
            );
        mpp = Mpp.Of(
            options.Mpp
                ?? encoder.Kind.Mpp
                ?? throw new ArgumentException(
                    $"{encoder.Kind.Name} was not trained on slides and has no microns per pixel; say at which patches are read, such as --mpp 0.5"
                )
        );
        (this.encoder, this.options, views) = (encoder, options, new ViewEncoder(encoder, options.Views, device));
    }

    public string Kind => "features";

    public string Unit => "patches";

    public bool Scores => false;

    public (double Mpp, int Side) Window => (mpp.X, encoder.Size.Height);

    public Fingerprint AddTo(Fingerprint to) =>
        to.Add("encoder", encoder.Identity)
            .Add("patches.microns_per_pixel", $"{mpp}")
            .Add("patches.min_tissue", options.MinTissue)
            .Add("views", options.Views.Names)
            .Add("views.seed", options.Views.Copies > 0 ? options.Views.Seed : 0)
            .Add("format", options.Layout.Name);

    public FinishedSlide Predict(SlideWork work)
    {
        var patches = Patches(work.Slide, work.Tissue);
        // The walk removes it with the record written: until then nothing is lost.
        using var parts = Parts(work.Slide, work.Tissue, work.Folder);
        var left = patches.Wanted.Where(key => !parts.Has(key)).ToHashSet();
        foreach (var (keys, rows) in Reading(patches).Of(left))
        {
            work.Stop.ThrowIfCancellationRequested();
            parts.Add(keys, rows);
            work.Progress?.Invoke(parts.Keys.Count, patches.Wanted.Count);
        }
        foreach (var (i, name) in options.Views.Names.Index())
            if (patches.Wanted.Count > 0)
                FeatureFile.Write(PathOf(work, name), options.Layout, Made(work, patches, parts, (i, name)));
        return new FinishedSlide(Outcome(work, patches.Wanted.Count), Record(work, patches.Wanted.Count));
    }

    /// <summary>Which patches of a slide have features.</summary>
    internal TissuePatches Patches(Slide slide, SlideTissue tissue) =>
        TissuePatches.Of(slide, (mpp, encoder.Size.Height), tissue, options.MinTissue);

    /// <summary>Features of patches of a slide, as they are stored.</summary>
    internal PatchReading Reading(TissuePatches patches) =>
        new(patches, views, PatchReading.Window(mpp, encoder.Size.Height), options.Batch);

    /// <summary>What is computed of a slide so far.</summary>
    /// <exception cref="InvalidDataException">It was begun with something else.</exception>
    internal FeatureParts Parts(Slide slide, SlideTissue tissue, string folder) =>
        FeatureParts.Open($"{Place(slide, folder)}.state", MadeOf(slide, tissue), views.Numbers);

    /// <summary>Features of a slide that was finished before: one view, in the order of its patches; null where it was not.</summary>
    /// <exception cref="InvalidDataException">It was made of something else.</exception>
    internal PatchFeatures? Stored(Slide slide, SlideTissue tissue, string folder)
    {
        var path = Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(slide.Path)}{options.Layout.Extension}");
        return
            SlideRecord.Finished($"{Place(slide, folder)}.json", MadeOf(slide, tissue)) is not null && File.Exists(path)
            ? options.Layout.Read(path)
            : null;
    }

    private string Place(Slide slide, string folder) =>
        Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(slide.Path)}-{Kind}");

    private Fingerprint MadeOf(Slide slide, SlideTissue tissue) =>
        AddTo(new Fingerprint().AddSlide(slide).Add(SlideRecord.TissuePart, tissue.Rule));

    public SlideOutcome? Finished(SlideWork work, JsonObject record)
    {
        var count = record["patches"]?.GetValue<int>() ?? 0;
        return count == 0 || options.Views.Names.All(view => File.Exists(PathOf(work, view)))
            ? Outcome(work, count)
            : null;
    }

    private string PathOf(SlideWork work, string view) =>
        Path.Combine(work.Folder, view, $"{work.Name}{options.Layout.Extension}");

    private PatchFeatures Made(
        SlideWork work,
        TissuePatches patches,
        FeatureParts parts,
        (int Index, string Name) view
    ) =>
        new()
        {
            Name = work.Name,
            Values = parts.Read(view.Index * encoder.Features, encoder.Features),
            Numbers = encoder.Features,
            Places =
            [
                .. parts.Keys.SelectMany(key =>
                {
                    var (column, row) = patches.Cell(key);
                    var at = patches.Grid.Cell(column, row).At;
                    return (double[])[at.X, at.Y];
                }),
            ],
            Facts = new PatchFacts
            {
                Encoder = encoder.Identity,
                Side = encoder.Size.Height,
                Level0Side = patches.Grid.CellWidth,
                Mpp = mpp.X,
                Level0Mpp = patches.Grid.Finest.X,
                Level0Size = ((long)patches.Grid.Slide.Width, (long)patches.Grid.Slide.Height),
                Reader = work.Slide.Reader.Name,
                Tissue = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{work.Tissue.Rule}; at least {options.MinTissue} of a patch"
                ),
                View = view.Name.Length > 0 ? view.Name : null,
            },
        };

    private SlideOutcome Outcome(SlideWork work, int count) =>
        new(
            work.Name,
            null,
            count == 0
                ? $"no patch with enough tissue: {work.Tissue.Reason ?? $"none has {options.MinTissue.ToString(CultureInfo.InvariantCulture)} of it"} ({work.Tissue.Rule})"
                : $"{count} patches of {encoder.Size.Height} pixels at {mpp}, {encoder.Features} features each"
        );

    private JsonObject Record(SlideWork work, int count) =>
        new()
        {
            ["patches"] = count,
            ["features"] = encoder.Features,
            ["encoder"] = encoder.Identity,
            ["microns_per_pixel"] = mpp.X,
            ["reader"] = work.Slide.Reader.Name,
            ["tissue"] = work.Tissue.Rule,
        };
}
