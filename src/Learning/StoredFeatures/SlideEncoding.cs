using System.Globalization;
using System.Text.Json.Nodes;
using Coverslip.Files;
using Coverslip.Learning.Encoders;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;
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
        var view = work.Slide.View(mpp);
        var grid = HeatmapGrid.Over(view, encoder.Size.Height, work.Slide.FinestMpp);
        var wanted = Wanted(work, grid);
        var madeOf = AddTo(new Fingerprint().AddSlide(work.Slide).Add(SlideRecord.TissuePart, work.Tissue.Rule));
        // The walk removes it with the record written: until then nothing is lost.
        using var parts = FeatureParts.Open(
            Path.Combine(work.Folder, $"{work.Name}-{Kind}.state"),
            madeOf,
            views.Numbers
        );
        Encode(work, new WindowStrips(view, grid, Square), grid, (wanted, parts));
        foreach (var (i, name) in options.Views.Names.Index())
            if (wanted.Count > 0)
                FeatureFile.Write(PathOf(work, name), options.Layout, Made(work, grid, parts, (i, name)));
        return new FinishedSlide(Outcome(work, wanted.Count), Record(work, wanted.Count));
    }

    public SlideOutcome? Finished(SlideWork work, JsonObject record)
    {
        var count = record["patches"]?.GetValue<int>() ?? 0;
        return count == 0 || options.Views.Names.All(view => File.Exists(PathOf(work, view)))
            ? Outcome(work, count)
            : null;
    }

    private PixelSize Square => new(encoder.Size.Width, encoder.Size.Height);

    private string PathOf(SlideWork work, string view) =>
        Path.Combine(work.Folder, view, $"{work.Name}{options.Layout.Extension}");

    private HashSet<long> Wanted(SlideWork work, HeatmapGrid grid)
    {
        var wanted = new HashSet<long>();
        for (var row = 0; row < grid.Rows; row++)
        for (var column = 0; column < grid.Columns; column++)
        {
            var cell = grid.Cell(column, row);
            if (work.Tissue.Any(cell) && (options.MinTissue == 0 || Share(work, cell) >= options.MinTissue))
                wanted.Add(Key(grid, column, row));
        }
        return wanted;
    }

    private static double Share(SlideWork work, SlideRectangle cell) =>
        work.Tissue.Region.ShareOf(new Rectangle(cell.At.X, cell.At.Y, cell.Width, cell.Height));

    private static long Key(HeatmapGrid grid, int column, int row) => ((long)row * grid.Columns) + column;

    private void Encode(
        SlideWork work,
        WindowStrips strips,
        HeatmapGrid grid,
        (HashSet<long> Wanted, FeatureParts Parts) rows
    )
    {
        var left = rows.Wanted.Count(key => !rows.Parts.Has(key));
        var window = new WindowInput(mpp, Square, Square, null);
        var before = rows.Parts.Keys.ToHashSet();
        var reading = strips.Read((c, r) => rows.Wanted.Contains(Key(grid, c, r)) && !before.Contains(Key(grid, c, r)));
        using var batches = new WindowBatches(window, options.Batch).Of(reading).GetEnumerator();
        // Strips are read from top to bottom: one reader.
        var ahead = new BatchPipeline<CellBatch>(
            (left + options.Batch - 1) / options.Batch,
            _ => batches.MoveNext() ? batches.Current : throw new InvalidOperationException("no more patches"),
            readers: 1
        );
        foreach (var batch in ahead.Run())
        {
            work.Stop.ThrowIfCancellationRequested();
            using (batch)
            {
                long[] keys = [.. batch.Cells.Select(c => Key(grid, c.Column, c.Row))];
                rows.Parts.Add(keys, views.Encode(batch.Windows.Pixels, keys));
            }
            work.Progress?.Invoke(rows.Parts.Keys.Count, rows.Wanted.Count);
        }
    }

    private PatchFeatures Made(SlideWork work, HeatmapGrid grid, FeatureParts parts, (int Index, string Name) view) =>
        new()
        {
            Name = work.Name,
            Values = parts.Read(view.Index * encoder.Features, encoder.Features),
            Numbers = encoder.Features,
            Places =
            [
                .. parts.Keys.SelectMany(key =>
                {
                    var at = grid.Cell((int)(key % grid.Columns), (int)(key / grid.Columns)).At;
                    return (double[])[at.X, at.Y];
                }),
            ],
            Facts = new PatchFacts
            {
                Encoder = encoder.Identity,
                Side = encoder.Size.Height,
                Level0Side = grid.CellWidth,
                Mpp = mpp.X,
                Level0Mpp = grid.Finest.X,
                Level0Size = ((long)grid.Slide.Width, (long)grid.Slide.Height),
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
