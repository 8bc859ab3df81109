using Coverslip.Slides.Geometry;

namespace Coverslip.Learning.Corrections;

/// <summary>A place that is worth annotating.</summary>
/// <param name="Slide">The slide's name.</param>
/// <param name="At">Middle of the window, in pixels of level 0.</param>
/// <param name="Worth">0 to 1.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record NextPlace(string Slide, Vertex At, double Worth, string Reason)
{
    /// <summary>Probability of the positive class; null before anything is learned.</summary>
    public double? Probability { get; init; }

    /// <summary>1 − the cosine to the nearest annotated window; before anything is annotated, to the mean of all.</summary>
    public double Distance { get; init; }
}

/// <summary>
/// The places worth annotating next. A window's worth is the mean of two numbers from 0 to 1: how unsure the probe is of it,
/// 1 − (p₁ − p₂) of its two most probable classes, and how unlike every annotated window it is, its distance over the greatest but
/// for one in a hundred. A place is worth the mean of its window and the eight around it, since a region covers
/// several; of neighbors one is named. Windows that are annotated, and their neighbors, are not.
/// </summary>
internal sealed class NextPlaces
{
    internal const double UnsureShare = 0.5;
    private readonly WindowProbe? probe;
    private readonly int positive;
    private readonly FeatureMemory memory;
    private readonly List<Window> windows = [];
    private float[][] known = [];

    /// <param name="probe">Null before anything is learned.</param>
    /// <param name="positive">Place of the class whose probability is told.</param>
    /// <param name="memory">Told which slides' features were used.</param>
    internal NextPlaces(WindowProbe? probe, int positive, FeatureMemory memory) =>
        (this.probe, this.positive, this.memory) = (probe, positive, memory);

    /// <summary>Weighs windows of slides that may be drawn on.</summary>
    /// <param name="slides">With what their regions say.</param>
    /// <param name="count">Places that are wanted.</param>
    /// <returns>The worthiest first.</returns>
    internal IReadOnlyList<NextPlace> Of(IReadOnlyList<(CorrectionSlide Slide, WindowLabels Labels)> slides, int count)
    {
        if (probe is null)
            known = Reference(slides);
        foreach (var (slide, labels) in slides)
            Weigh(slide, labels);
        if (windows.Count == 0)
            return [];
        double[] distances = [.. windows.Select(w => w.Distance).Order()];
        var far = Math.Max(distances[(int)(0.99 * (distances.Length - 1))], 1e-9);
        var worth = windows.ToDictionary(w => (w.Slide, w.Key), w => Worth(w, far));
        var chosen = new List<NextPlace>();
        var taken = new HashSet<(CorrectionSlide, long)>();
        foreach (
            var (window, mean) in windows
                .Where(w => !w.Annotated)
                .Select(w => (w, Around(w).Where(worth.ContainsKey).Average(at => worth[at])))
                .OrderByDescending(w => w.Item2)
        )
        {
            if (taken.Contains((window.Slide, window.Key)))
                continue;
            taken.UnionWith(Around(window));
            chosen.Add(Place(window, mean, far));
            if (chosen.Count == count)
                break;
        }
        return chosen;
    }

    /// <summary>Annotated windows; the mean of all, brought to length 1, where nothing is annotated.</summary>
    private static float[][] Reference(IReadOnlyList<(CorrectionSlide Slide, WindowLabels Labels)> slides)
    {
        float[]?[] annotated =
        [
            .. slides.SelectMany(s => s.Labels.ClassOf.Keys.Select(s.Slide.Features.Of)).Where(row => row is not null),
        ];
        if (annotated.Length > 0)
            return WindowProbe.Units(annotated!);
        var (sum, any) = (Array.Empty<double>(), false);
        foreach (var row in slides.SelectMany(s => s.Slide.Features.Patches.Wanted.Select(s.Slide.Features.Of)))
        {
            if (row is null)
                continue;
            if (!any)
                (sum, any) = (new double[row.Length], true);
            for (var f = 0; f < sum.Length; f++)
                sum[f] += row[f];
        }
        return any ? WindowProbe.Units([Array.ConvertAll(sum, v => (float)v)]) : [];
    }

    private void Weigh(CorrectionSlide slide, WindowLabels labels)
    {
        var patches = slide.Features.Patches;
        var near = labels.ClassOf.Keys.SelectMany(patches.Around).ToHashSet();
        foreach (var key in patches.Wanted)
        {
            if (slide.Features.Of(key) is not { } row)
                continue;
            var said = probe?.Probabilities(row);
            windows.Add(
                new Window(slide, key, said, probe?.Distance(row) ?? WindowProbe.Distance(row, known))
                {
                    Annotated = near.Contains(key),
                }
            );
        }
        memory.Used(slide);
    }

    private static double Worth(Window window, double far)
    {
        var unlike = Math.Min(1, window.Distance / far);
        return window.Said is null ? unlike : (UnsureShare * window.Unsure) + ((1 - UnsureShare) * unlike);
    }

    private NextPlace Place(Window window, double worth, double far)
    {
        var (column, row) = window.Slide.Features.Patches.Cell(window.Key);
        var (x, y) = window.Slide.Features.Patches.Grid.Place(column, row);
        var unlike = Math.Min(1, window.Distance / far);
        FormattableString reason =
            window.Said is not { } said ? $"unlike the rest: distance {window.Distance:0.00}"
            : window.Unsure >= unlike ? $"unsure: {said[positive]:0.00}"
            : (FormattableString)$"unlike anything annotated: distance {window.Distance:0.00}";
        return new NextPlace(window.Slide.Name, new Vertex(x, y), worth, FormattableString.Invariant(reason))
        {
            Probability = window.Said?[positive],
            Distance = window.Distance,
        };
    }

    private static IEnumerable<(CorrectionSlide Slide, long Key)> Around(Window window) =>
        window.Slide.Features.Patches.Around(window.Key).Select(key => (window.Slide, key));

    private sealed record Window(CorrectionSlide Slide, long Key, double[]? Said, double Distance)
    {
        public bool Annotated { get; init; }

        /// <summary>1 − the difference of the two most probable classes.</summary>
        public double Unsure
        {
            get
            {
                double[] sorted = [.. Said!.OrderDescending()];
                return 1 - (sorted[0] - sorted[1]);
            }
        }
    }
}
