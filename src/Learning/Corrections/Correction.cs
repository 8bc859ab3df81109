using System.Diagnostics;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Learning.Encoders;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlidePatches;
using Coverslip.Learning.StoredFeatures;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Heatmaps;
using Coverslip.Torch;

namespace Coverslip.Learning.Corrections;

/// <summary>
/// Regions that are drawn on slides, a probe that learns from them within seconds, where to draw next, and rounds with their
/// figures on patients kept aside. One thread at a time; one process at a time has a folder.
/// </summary>
public sealed class Correction : IDisposable
{
    /// <summary>Windows whose features are computed at a time.</summary>
    public const int Batch = 32;

    private const long CacheBytes = 256L << 20;
    private readonly IDisposable claim;
    private readonly Encoder encoder;
    private readonly RegionFiles regions;
    private readonly RegionRules rules;
    private readonly RoundFiles rounds;
    private readonly AsideSlides aside;
    private readonly FeatureMemory memory;

    private Correction(CorrectionFolder folder, CorrectionSettings settings, IDisposable claim, Device device)
    {
        (Folder, Settings, this.claim) = (folder, settings, claim);
        try
        {
            Cohort = Cohort.Load(Path.Combine(folder.Path, settings.Cohort));
            CohortSlides.CheckNames(Cohort.Rows);
            encoder = Encoder.Open(
                settings.Encoder,
                new EncoderOptions { Size = (settings.Side, settings.Side), Device = device }
            );
            var encoding = new SlideEncoding(
                encoder,
                new SlideEncodingOptions { Mpp = settings.Mpp, Batch = Batch },
                device
            );
            Slides = [.. Cohort.Rows.Select(row => SlideOf(row, encoding))];
        }
        catch
        {
            encoder?.Dispose();
            claim.Dispose();
            throw;
        }
        (regions, rounds) = (new RegionFiles(folder), new RoundFiles(folder));
        (memory, rules) = (new FeatureMemory(Slides), new RegionRules(Settings, Slides));
        aside = new AsideSlides(Cohort, [.. Slides.Where(s => s.Aside)], settings, memory);
    }

    /// <summary>Where its files lie.</summary>
    public CorrectionFolder Folder { get; }

    /// <summary>What it was begun with.</summary>
    public CorrectionSettings Settings { get; }

    /// <summary>The cohort.</summary>
    public Cohort Cohort { get; }

    /// <summary>The cohort's slides in its order.</summary>
    public IReadOnlyList<CorrectionSlide> Slides { get; }

    /// <summary>What was learned last; null before <see cref="Teach"/>.</summary>
    public TaughtRegions? Taught { get; private set; }

    /// <summary>The probe that was learned last; null before <see cref="Teach"/>.</summary>
    public WindowProbe? Probe => Taught?.Probe;

    /// <summary>Bytes of features of finished slides to hold at most; what is over is read again from the folder. Default 1 GiB.</summary>
    public long FeatureBytes
    {
        get => memory.Most;
        set => memory.Most = value;
    }

    /// <summary>All rounds, the first first.</summary>
    public IReadOnlyList<CorrectionRound> Rounds => rounds.Read();

    /// <summary>Begins a correction in a folder that holds none.</summary>
    /// <exception cref="IOException">The folder holds one.</exception>
    /// <exception cref="ArgumentException">Settings that do not fit the cohort.</exception>
    public static void Begin(string folder, CorrectionSettings settings) =>
        settings.Begin(new CorrectionFolder(folder));

    /// <summary>Opens one; slides are opened when they are looked at.</summary>
    /// <exception cref="IOException">Another process has it.</exception>
    /// <exception cref="InvalidDataException">There is none, or its cohort has changed.</exception>
    public static Correction Open(string folder, Device device)
    {
        var at = new CorrectionFolder(folder);
        var settings = CorrectionSettings.Read(at.Settings);
        var claim =
            FileClaim.Try(at.Claim)
            ?? throw new IOException(
                $"{folder} is open elsewhere; end that viewer or command first, since both would write its rounds"
            );
        return new Correction(at, settings, claim, device);
    }

    /// <summary>The slide of a name.</summary>
    /// <exception cref="ArgumentException">There is none; the nearest is named.</exception>
    public CorrectionSlide Slide(string name) =>
        Slides.FirstOrDefault(s => s.Name == name)
        ?? throw new ArgumentException(
            $"there is no slide '{name}' in {Cohort.Path}; {NearestName.Among(name, [.. Slides.Select(s => s.Name)])}"
        );

    /// <summary>Regions of a slide as they are now.</summary>
    public AnnotationSet RegionsOf(CorrectionSlide slide) => regions.Read(slide.Name);

    /// <summary>Keeps regions of a slide in place of those before, which stay as a version.</summary>
    /// <exception cref="ArgumentException">The patient is kept aside, or a region is of another class or beyond the slide.</exception>
    public void Draw(CorrectionSlide slide, AnnotationSet drawn)
    {
        drawn = rules.Spelled(drawn);
        rules.Check(slide, drawn);
        RegionRules.CheckWithin(slide, drawn);
        regions.Write(slide.Name, drawn with { Format = AnnotationFormat.GeoJson });
    }

    /// <summary>Refuses what may not be drawn. Any thread may ask.</summary>
    /// <exception cref="ArgumentException">The patient is kept aside, or a region is of another class.</exception>
    public void CheckMayDraw(CorrectionSlide slide, AnnotationSet drawn) => rules.Check(slide, drawn);

    /// <summary>Teaches the probe what is drawn now; features that are missing under regions are computed first.</summary>
    /// <exception cref="ArgumentException">Regions of fewer than two classes.</exception>
    public TaughtRegions Teach()
    {
        var (rows, labels, patients) = (new List<float[]>(), new List<int>(), new List<string>());
        // Kept with the round, whatever is drawn until it is judged.
        var drawn = Slides
            .Where(s => !s.Aside)
            .Select(s => (Slide: s, Set: RegionsOf(s)))
            .Where(s => s.Set.Annotations.Any(a => a.IsArea))
            .Select(s => (s.Slide, s.Set, WindowLabels.Of(s.Slide.Features.Patches, s.Set, Settings.Classes)))
            .ToArray();
        foreach (var (slide, _, said) in drawn)
        {
            slide.Features.Compute(said.ClassOf.Keys);
            foreach (var (key, label) in said.ClassOf)
            {
                rows.Add(slide.Features.Of(key)!);
                labels.Add(label);
                patients.Add(slide.Row.Patient);
            }
            memory.Used(slide);
        }
        if (labels.Distinct().Count() < 2)
            throw new ArgumentException(
                labels.Count == 0
                    ? $"nothing is drawn yet; draw a region of two of {string.Join(", ", Settings.Classes)}"
                    : $"all regions are of {Settings.Classes[labels[0]]}; draw one of another of {string.Join(", ", Settings.Classes)}"
            );
        var clock = Stopwatch.StartNew();
        var probe = WindowProbe.Fit(new TaughtWindows(rows, [.. labels], [.. patients]), Settings.Classes.Count);
        return Taught = new TaughtRegions(probe, clock.Elapsed.TotalSeconds, drawn);
    }

    /// <summary>Forgets what was learned, so that proposals are as at the beginning; what is drawn and kept stays.</summary>
    public void Forget() => Taught = null;

    /// <summary>Probabilities of the positive class where features are computed, pending where they will be.</summary>
    /// <exception cref="InvalidOperationException">Nothing was learned yet.</exception>
    public Heatmap HeatmapOf(CorrectionSlide slide)
    {
        var probe = NeedTaught().Probe;
        var patches = slide.Features.Patches;
        var values = new float[patches.Grid.Cells];
        Array.Fill(values, float.NaN);
        foreach (var key in patches.Wanted)
            values[key] = slide.Features.Of(key) is { } row
                ? (float)probe.Probabilities(row)[Settings.PositivePlace]
                : Heatmap.Pending;
        memory.Used(slide);
        return new Heatmap(patches.Grid, values);
    }

    /// <summary>The places worth annotating next, the worthiest first, among windows of opened slides whose features are computed.</summary>
    public IReadOnlyList<NextPlace> Next(int count) =>
        new NextPlaces(Probe, Settings.PositivePlace, memory).Of(
            [
                .. Slides
                    .Where(s => !s.Aside && s.Opened)
                    .Select(s => (s, WindowLabels.Of(s.Features.Patches, RegionsOf(s), Settings.Classes))),
            ],
            count
        );

    /// <summary>Computes the features of every slide that has none yet; what is stored is taken.</summary>
    /// <param name="progress">Told the slide, and how many of how many windows are done.</param>
    /// <param name="stop">Asked between batches; what is done is kept.</param>
    public void ComputeAll(Action<string, int, int>? progress, CancellationToken stop)
    {
        foreach (var slide in Slides)
            while (ComputeSome(slide))
            {
                stop.ThrowIfCancellationRequested();
                progress?.Invoke(slide.Name, slide.Features.Done, slide.Features.Patches.Wanted.Count);
            }
    }

    /// <summary>Computes features of some windows of a slide that has windows without.</summary>
    /// <returns>Whether it had any.</returns>
    public bool ComputeSome(CorrectionSlide slide)
    {
        var some = slide.Features.ComputeSome(Batch);
        if (!some)
            memory.Used(slide);
        return some;
    }

    /// <summary>Judges what was learned last by patients kept aside.</summary>
    /// <exception cref="InvalidOperationException">Nothing was learned yet.</exception>
    public AsideFigures JudgeAside(CancellationToken stop = default) => aside.Judge(NeedTaught().Probe, stop);

    /// <summary>Judges what was learned last by patients kept aside and keeps the round.</summary>
    public (CorrectionRound Round, IReadOnlyList<string> Notes) KeepRound(
        double minutes,
        CancellationToken stop = default
    ) => KeepRound(NeedTaught(), minutes, stop);

    /// <summary>Judges a probe by patients kept aside and keeps the round, whatever was learned since; the cohort for training is written anew.</summary>
    /// <param name="taught">What was learned.</param>
    /// <param name="minutes">Of annotation since the correction was begun.</param>
    /// <param name="stop">Asked while features are computed.</param>
    /// <returns>The round, and what is to be told of the cohort.</returns>
    public (CorrectionRound Round, IReadOnlyList<string> Notes) KeepRound(
        TaughtRegions taught,
        double minutes,
        CancellationToken stop = default
    )
    {
        var drawn = taught.Drawn;
        var round = new CorrectionRound
        {
            Number = Rounds.Select(r => r.Number).DefaultIfEmpty(0).Max() + 1,
            Minutes = minutes,
            Regions = drawn.Sum(d => d.Set.Annotations.Count(a => a.IsArea)),
            Slides = drawn.Count,
            Windows = taught.Probe.Windows,
            Contradicted = drawn.Sum(d => d.Labels.Contradicted),
            Seconds = taught.Seconds,
            Aside = aside.Judge(taught.Probe, stop),
        };
        rounds.Write(round, taught.Probe, drawn.ToDictionary(d => d.Slide.Name, d => d.Set));
        var notes = new CorrectionCohort(Cohort, Folder, Settings).Write(
            [.. drawn.Select(d => (d.Slide, d.Set.Classes.Contains(Settings.Positive)))],
            [.. Slides.Where(s => s.Aside)]
        );
        return (round, notes);
    }

    public void Dispose()
    {
        foreach (var slide in Slides)
            slide.Dispose();
        encoder.Dispose();
        claim.Dispose();
    }

    private TaughtRegions NeedTaught() =>
        Taught ?? throw new InvalidOperationException("nothing was learned yet; draw regions of two classes and train");

    private CorrectionSlide SlideOf(CohortRow row, SlideEncoding encoding)
    {
        var opening = new SlideOptions
        {
            Mpp = CohortMpp.OfSlide(Cohort, row),
            CacheBytes = Math.Max(1 << 20, CacheBytes / Cohort.Rows.Count),
        };
        return new CorrectionSlide(
            row,
            Settings.Aside.Contains(row.Patient),
            () => SlideFile.Open(Cohort.ImagePath(row), opening),
            (slide, tissue) => new SlideFeatures(slide, encoding, tissue, Folder.Features)
        );
    }
}
