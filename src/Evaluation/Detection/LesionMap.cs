namespace Coverslip.Evaluation.Detection;

/// <summary>
/// The lesions of a slide's truth mask, as the CAMELYON16 evaluation makes them: every pixel nearer to tumor than
/// <see cref="LesionRules.Reach"/> is added, holes (background that no side-by-side path joins with the mask's border)
/// are filled, and pixels that touch, at corners too, make one lesion. Only the lesions' runs are kept.
/// </summary>
public sealed class LesionMap
{
    private readonly RunLabels labels; // of the part of the mask that holds lesions
    private readonly int left,
        top;

    private LesionMap(RunLabels labels, (int Left, int Top) at, (int Width, int Height) mask, LesionRules rules)
    {
        (this.labels, left, top) = (labels, at.Left, at.Top);
        (Width, Height, Rules) = (mask.Width, mask.Height, rules);
        var moments = new PixelMoments[labels.Count];
        for (var y = 0; y < labels.Height; y++)
        {
            var (first, runs) = labels.Row(y).GetOffsetAndLength(labels.Labels.Length);
            for (var run = first; run < first + runs; run++)
                moments[labels.Labels[run] - 1].Add(labels.Starts[run], labels.Ends[run], y);
        }
        Lesions =
        [
            .. moments.Select(m =>
            {
                var axis = m.MajorAxis();
                return new Lesion(m.Pixels, axis, axis < rules.IsolatedAxis);
            }),
        ];
    }

    /// <summary>The mask's pixels to a row.</summary>
    public int Width { get; }

    /// <summary>The mask's rows.</summary>
    public int Height { get; }

    public LesionRules Rules { get; }

    /// <summary>The lesions in the order of their first pixels; lesion i is label i + 1.</summary>
    public IReadOnlyList<Lesion> Lesions { get; }

    /// <summary>The lesions of a mask.</summary>
    /// <param name="tumor">[H · W], row by row; not 0 where there is tumor.</param>
    /// <param name="width">Pixels to a row, at least 1.</param>
    /// <param name="rules">What makes a lesion; default those of CAMELYON16.</param>
    /// <exception cref="ArgumentException">No whole rows, or rules outside of their range.</exception>
    public static LesionMap Of(ReadOnlySpan<byte> tumor, int width, LesionRules? rules = null)
    {
        rules ??= new LesionRules();
        rules.Check();
        if (width < 1 || tumor.Length == 0 || tumor.Length % width != 0)
            throw new ArgumentException($"{tumor.Length} pixels are no whole rows of {width}", nameof(tumor));
        var mask = (Width: width, Height: tumor.Length / width);
        // Around the box there is background only, and one row of it lies within: what is done stays the same.
        var margin = (int)Math.Min(Math.Ceiling(rules.Reach) + 1, ushort.MaxValue);
        var (left, top, right, bottom) = Box(tumor, mask, margin);
        if (right == left)
            return new LesionMap(RunLabels.Find([], 1, 1, diagonal: true), (0, 0), mask, rules);
        var (boxWidth, boxHeight) = (right - left, bottom - top);
        var box = new byte[boxWidth * boxHeight];
        for (var y = 0; y < boxHeight; y++)
            tumor.Slice((top + y) * width + left, boxWidth).CopyTo(box.AsSpan(y * boxWidth));
        box = Neighborhood.Within(box, boxWidth, rules.Reach);
        FillHoles(box, boxWidth);
        return new LesionMap(RunLabels.Find(box, boxWidth, 1, diagonal: true), (left, top), mask, rules);
    }

    /// <summary>The label of the lesion at a pixel of the mask, 0 outside every lesion.</summary>
    public int At(int x, int y)
    {
        (x, y) = (x - left, y - top);
        return y < 0 || y >= labels.Height || x < 0 ? 0 : labels.At(x, y);
    }

    /// <summary>
    /// Whether a place, in pixels of level 0, lies on the mask. Levels are rounded down to whole pixels: what lies up to one
    /// pixel beyond the mask is taken for its last pixel.
    /// </summary>
    public bool Covers(double x, double y) =>
        x >= 0 && y >= 0 && x / Rules.Downsampling < Width + 1.0 && y / Rules.Downsampling < Height + 1.0;

    // The tumor's bounding box with a margin, within the mask; empty where there is no tumor.
    private static (int Left, int Top, int Right, int Bottom) Box(
        ReadOnlySpan<byte> tumor,
        (int Width, int Height) mask,
        int margin
    )
    {
        var (left, top, right, bottom) = (mask.Width, mask.Height, 0, 0);
        for (var y = 0; y < mask.Height; y++)
        {
            var row = tumor.Slice(y * mask.Width, mask.Width);
            var first = row.IndexOfAnyExcept((byte)0);
            if (first < 0)
                continue;
            (left, right) = (Math.Min(left, first), Math.Max(right, row.LastIndexOfAnyExcept((byte)0) + 1));
            (top, bottom) = (Math.Min(top, y), y + 1);
        }
        return right == 0
            ? default
            : (
                Math.Max(left - margin, 0),
                Math.Max(top - margin, 0),
                Math.Min(right + margin, mask.Width),
                Math.Min(bottom + margin, mask.Height)
            );
    }

    private static void FillHoles(byte[] pixels, int width)
    {
        var background = RunLabels.Find(pixels, width, 0, diagonal: false);
        var outside = new bool[background.Count + 1];
        foreach (var (row, run) in Runs(background))
            outside[background.Labels[run]] |=
                row == 0
                || row == background.Height - 1
                || background.Starts[run] == 0
                || background.Ends[run] == width;
        foreach (var (row, run) in Runs(background))
            if (!outside[background.Labels[run]])
                pixels.AsSpan(row * width)[background.Starts[run]..background.Ends[run]].Fill(1);
    }

    private static IEnumerable<(int Row, int Run)> Runs(RunLabels labels)
    {
        for (var row = 0; row < labels.Height; row++)
        {
            var (first, runs) = labels.Row(row).GetOffsetAndLength(labels.Labels.Length);
            for (var run = first; run < first + runs; run++)
                yield return (row, run);
        }
    }
}
