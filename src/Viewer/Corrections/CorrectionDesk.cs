using Coverslip.Learning.Corrections;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;
using Coverslip.Torch;
using Coverslip.Viewer.Contents;
using Coverslip.Viewer.Hosting;

namespace Coverslip.Viewer.Corrections;

/// <summary>What came of a call to train.</summary>
/// <param name="Seconds">Of teaching alone.</param>
/// <param name="ScreenSeconds">Until what is on the screen was judged, teaching included.</param>
/// <param name="Windows">That the probe was taught.</param>
internal sealed record Taught(double Seconds, double ScreenSeconds, int Windows);

/// <summary>How far features of a slide are.</summary>
internal sealed record SlideProgress(int Done, int All);

/// <summary>
/// A correction at which somebody sits: what is asked for is answered at once, on one thread, and in the meantime the slide that is
/// looked at is computed to its end, then the round is judged by patients kept aside and kept, then the other slides.
/// </summary>
internal sealed class CorrectionDesk : IDisposable
{
    private readonly string folder;
    private readonly Correction correction;
    private readonly TimeProvider clock;
    private readonly Action<Correction>? kept;
    private readonly ModelThread thread;
    private readonly HashSet<CorrectionSlide> unreadable = [];
    private CorrectionSlide? looked;
    private readonly Queue<(TaughtRegions Taught, double Minutes)> unjudged = new(); // rounds that are to be kept
    private double minutes;
    private volatile bool judging;

    private CorrectionDesk(string folder, ViewerOptions options)
    {
        (this.folder, clock, kept) = (folder, options.Clock, options.RoundKept);
        correction = Correction.Open(folder, Device.Cpu);
        Rounds = correction.Rounds;
        minutes = Rounds.Select(r => r.Minutes).DefaultIfEmpty(0).Last();
        thread = new ModelThread(Step);
    }

    /// <summary>The correction among what is to be shown; null where there is none.</summary>
    /// <exception cref="IOException">There are two, or another process has it.</exception>
    internal static CorrectionDesk? Among(IReadOnlyList<string> paths, ViewerOptions options)
    {
        string[] found = [.. paths.Where(p => File.Exists(new CorrectionFolder(p).Settings))];
        return found.Length > 1
            ? throw new IOException($"{string.Join(" and ", found)} are corrections; name one")
            : found.Select(f => new CorrectionDesk(f, options)).FirstOrDefault();
    }

    /// <summary>What is shown: the correction's slides in place of its folder.</summary>
    internal IReadOnlyList<string> Shown(IReadOnlyList<string> paths) =>
        [.. paths.SelectMany(p => p == folder ? Slides.Select(PathOf) : [p])];

    /// <summary>Refuses what may not be drawn on a slide.</summary>
    /// <exception cref="ArgumentException">The patient is kept aside, or a region is of another class.</exception>
    internal void Check(ShownSlide shown, AnnotationSet drawn)
    {
        if (Slides.FirstOrDefault(s => ViewedFolders.Real(PathOf(s)) == shown.File.Path) is { } slide)
            correction.CheckMayDraw(slide, drawn);
    }

    internal CorrectionSettings Settings => correction.Settings;

    internal CorrectionFolder Folder => correction.Folder;

    internal IReadOnlyList<CorrectionSlide> Slides => correction.Slides;

    /// <summary>Full path of a slide.</summary>
    internal string PathOf(CorrectionSlide slide) => correction.Cohort.ImagePath(slide.Row);

    /// <summary>Those that are kept.</summary>
    internal IReadOnlyList<CorrectionRound> Rounds { get; private set; }

    /// <summary>Whether a probe was taught.</summary>
    internal bool HasProbe => correction.Probe is not null;

    /// <summary>Whether a probe is still to be judged by patients kept aside.</summary>
    internal bool IsJudging => judging;

    /// <summary>What went wrong in the meantime; null where nothing did.</summary>
    internal string? Trouble { get; private set; }

    /// <summary>Teaches what is drawn, judges what is on the screen, and lets the rest follow.</summary>
    /// <param name="slide">The slide that is looked at.</param>
    /// <param name="screen">What of it is seen, in pixels of level 0.</param>
    /// <param name="drawnFor">Minutes of annotation since training was asked for last.</param>
    internal Task<Taught> Train(CorrectionSlide slide, Rectangle screen, double drawnFor) =>
        thread.Do(() =>
        {
            var began = clock.GetTimestamp();
            var taught = correction.Teach();
            minutes += drawnFor;
            // Whoever trains again before a round is judged loses none: each waits for its figure.
            unjudged.Enqueue((taught, minutes));
            (looked, judging) = (slide, true);
            Compute(slide, screen);
            return new Taught(taught.Seconds, clock.GetElapsedTime(began).TotalSeconds, taught.Probe.Windows);
        });

    /// <summary>Computes what is on the screen first, and that slide before the others.</summary>
    internal Task<SlideProgress> Look(CorrectionSlide slide, Rectangle screen) =>
        thread.Do(() =>
        {
            looked = slide;
            Compute(slide, screen);
            return new SlideProgress(slide.Features.Done, slide.Features.Patches.Wanted.Count);
        });

    internal Task<Heatmap> HeatmapOf(CorrectionSlide slide) => thread.Do(() => correction.HeatmapOf(slide));

    internal Task<IReadOnlyList<NextPlace>> Next(int count) => thread.Do(() => correction.Next(count));

    public void Dispose()
    {
        thread.Dispose();
        correction.Dispose();
    }

    private static void Compute(CorrectionSlide slide, Rectangle screen)
    {
        var patches = slide.Features.Patches;
        slide.Features.Compute(patches.Touching(screen).Where(patches.Wanted.Contains));
    }

    private bool Step()
    {
        try
        {
            if (looked is not null && Some(looked))
                return true;
            if (!judging)
                return Slides.Where(s => !s.Aside).Any(Some);
            if (Slides.Where(s => s.Aside).Any(Some))
                return true;
            var (taught, at) = unjudged.Peek();
            correction.KeepRound(taught, at);
            unjudged.Dequeue();
            Rounds = correction.Rounds;
            // Last: a page that sees nothing being judged asks no more.
            judging = unjudged.Count > 0;
            kept?.Invoke(correction);
            return true;
        }
        catch (Exception error)
        {
            // Nobody waits for this thread: what went wrong is shown, and tried again after the next call.
            (Trouble, judging) = (error.Message, false);
            return false;
        }
    }

    /// <summary>Computes some of a slide; one that cannot be read is told once, and holds up no other.</summary>
    private bool Some(CorrectionSlide slide)
    {
        if (unreadable.Contains(slide))
            return false;
        try
        {
            return correction.ComputeSome(slide);
        }
        catch (UnreadableSlideException error)
        {
            unreadable.Add(slide);
            Trouble = error.Message;
            return false;
        }
    }
}
