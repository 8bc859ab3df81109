using Coverslip.Evaluation.Detection;
using Coverslip.Files;

namespace Coverslip.Evaluation.Tests.Detection;

/// <summary>A slide as the tests make it: a mask [H · W] or none, and detections at level 0.</summary>
internal sealed record SmallSlide(byte[]? Mask, (double Probability, int X, int Y)[] Found)
{
    internal const int Width = 13,
        Height = 11;

    /// <summary>Reach 2.2 pixels, isolated below an axis of 6.5 pixels, and pixels of 2 × 2.</summary>
    internal static LesionRules Rules { get; } =
        new()
        {
            Level = 1,
            MicronsPerPixel = 1,
            Bridge = 8.8,
            IsolatedBelow = 13,
        };

    internal static SmallSlide Random(SeededRandom random)
    {
        byte[]? mask = null;
        if (random.Below(4) > 0)
        {
            mask = new byte[Width * Height];
            var share = random.Unit() * random.Unit() * 0.3;
            for (var i = 0; i < mask.Length; i++)
                mask[i] = random.Unit() < share ? (byte)255 : (byte)0;
        }
        var found = new (double, int, int)[random.Below(12)];
        var steps = random.Below(2) == 0 ? 6 : 1_000_000; // few make ties, and zeros
        for (var i = 0; i < found.Length; i++)
            found[i] = (random.Below(steps + 1) / (double)steps, random.Below(2 * Width), random.Below(2 * Height));
        return new SmallSlide(mask, found);
    }

    internal FrocSlide Judge(string name) =>
        FrocSlide.Of(
            name,
            new Detections(
                name,
                [.. Found.Select(f => f.Probability)],
                [.. Found.Select(f => (double)f.X)],
                [.. Found.Select(f => (double)f.Y)]
            ),
            Mask is null ? null : LesionMap.Of(Mask, Width, Rules)
        );
}

/// <summary>
/// The CAMELYON16 evaluation word for word and as slowly as that: distances to every tumor pixel, floods, and a pass
/// over everything per threshold.
/// </summary>
internal static class SlowFroc
{
    private const int Width = SmallSlide.Width,
        Height = SmallSlide.Height;

    /// <summary>Per threshold in ascending order, then (0, 0); null without lesions.</summary>
    internal static (double Fps, double Sensitivity)[]? Curve(IReadOnlyList<SmallSlide> slides)
    {
        var (false_, best) = (new List<double>(), new List<double>());
        var count = 0;
        foreach (var slide in slides)
        {
            var labels = slide.Mask is null ? new int[Width * Height] : Label(slide.Mask);
            var isolated = Enumerable.Range(1, labels.Max()).Select(l => MajorAxis(labels, l) < 6.5).ToArray();
            var own = new double[isolated.Length];
            foreach (var (probability, x, y) in slide.Found)
            {
                var label = labels[y / 2 * Width + x / 2];
                if (label == 0)
                    false_.Add(probability);
                else if (!isolated[label - 1] && probability > own[label - 1])
                    own[label - 1] = probability;
            }
            best.AddRange(own);
            count += isolated.Count(i => !i);
        }
        if (count == 0)
            return null;
        return
        [
            .. false_
                .Concat(best)
                .Distinct()
                .Order()
                .Skip(1)
                .Select(t =>
                    (false_.Count(p => p >= t) / (double)slides.Count, best.Count(p => p >= t) / (double)count)
                ),
            (0, 0),
        ];
    }

    /// <summary>numpy.interp on the reversed curve.</summary>
    internal static double[] Interpolate((double Fps, double Sensitivity)[] curve)
    {
        var points = curve.Reverse().ToArray();
        return
        [
            .. Froc.Rates.Select(rate =>
            {
                var j = Array.FindLastIndex(points, p => p.Fps <= rate);
                if (j == points.Length - 1)
                    return points[j].Sensitivity;
                var ((x, y), (nextX, nextY)) = (points[j], points[j + 1]);
                return (nextY - y) / (nextX - x) * (rate - x) + y;
            }),
        ];
    }

    private static int[] Label(byte[] mask)
    {
        var all = Enumerable.Range(0, mask.Length).ToArray();
        var near = all.Select(i =>
                all.Any(j =>
                    mask[j] != 0 && Math.Sqrt(Square(i % Width - j % Width) + Square(i / Width - j / Width)) < 2.2
                )
            )
            .ToArray();
        var outside = new bool[mask.Length];
        foreach (var i in all.Where(i => i % Width is 0 or Width - 1 || i / Width is 0 or Height - 1))
            Flood(i, corners: false, at => !near[at] && !outside[at], at => outside[at] = true);
        var labels = new int[mask.Length];
        var count = 0;
        foreach (var i in all.Where(i => !outside[i]))
        {
            if (labels[i] != 0)
                continue;
            count++;
            Flood(i, corners: true, at => !outside[at] && labels[at] == 0, at => labels[at] = count);
        }
        return labels;
    }

    private static void Flood(int start, bool corners, Predicate<int> open, Action<int> take)
    {
        var waiting = new Stack<int>([start]);
        while (waiting.TryPop(out var at))
        {
            if (!open(at))
                continue;
            take(at);
            for (var dy = -1; dy <= 1; dy++)
            {
                for (var dx = -1; dx <= 1; dx++)
                {
                    var (x, y) = (at % Width + dx, at / Width + dy);
                    if (x is >= 0 and < Width && y is >= 0 and < Height && (corners || dx == 0 || dy == 0))
                        waiting.Push(y * Width + x);
                }
            }
        }
    }

    private static double MajorAxis(int[] labels, int label)
    {
        var pixels = Enumerable.Range(0, labels.Length).Where(i => labels[i] == label).ToArray();
        var (meanX, meanY) = (pixels.Average(i => (double)(i % Width)), pixels.Average(i => (double)(i / Width)));
        var xx = pixels.Average(i => Square(i % Width - meanX));
        var yy = pixels.Average(i => Square(i / Width - meanY));
        var xy = pixels.Average(i => (i % Width - meanX) * (i / Width - meanY));
        return 4 * Math.Sqrt((xx + yy) / 2 + Math.Sqrt(Square((xx - yy) / 2) + xy * xy));
    }

    private static double Square(double value) => value * value;
}
