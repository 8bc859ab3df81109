using System.Diagnostics;
using System.Globalization;
using Coverslip.Evaluation.Detection;
using Coverslip.Files;
using Coverslip.Slides.Images;

namespace Coverslip.Bench.Detection;

/// <summary><c>froc FOLDER</c>: made-up masks and detections, written there, read, and judged.</summary>
internal static class FrocBench
{
    private static readonly LesionRules Rules = new();

    internal static void Run(string[] arguments)
    {
        var flags = new Flags(arguments, "detections", "slides", "tumor", "side", "seed");
        var folder = flags.Words[0];
        var (slides, tumor) = (flags.Int("slides", 130), flags.Int("tumor", 49));
        var (width, seed) = (flags.Int("side", 2048), flags.Int("seed", 1));
        var size = (Width: width, Height: width * 3 / 2);
        var perSlide = flags.Int("detections", 1_000_000) / slides;
        for (var i = 0; i < slides; i++)
        {
            var random = new SeededRandom(seed, i);
            if (i < tumor)
                PaintMask(Path.Combine(folder, $"{i}.png"), size, random);
            WriteDetections(Path.Combine(folder, $"{i}.csv"), size, perSlide, random);
        }
        for (var round = 1; round <= 3; round++)
            Judge(folder, slides, tumor, round);
    }

    private static void Judge(string folder, int slides, int tumor, int round)
    {
        var (decoding, mapping) = (new Stopwatch(), new Stopwatch());
        var maps = new LesionMap?[slides];
        for (var i = 0; i < tumor; i++)
        {
            decoding.Start();
            using var mask = ImageFile.Read(Path.Combine(folder, $"{i}.png"), ImageReadOptions.Mask);
            decoding.Stop();
            mapping.Start();
            maps[i] = LesionMap.Of(mask.Pixels, mask.Width, Rules);
            mapping.Stop();
        }
        var clock = Stopwatch.StartNew();
        Detections[] detections =
        [
            .. Enumerable.Range(0, slides).Select(i => Detections.Read(Path.Combine(folder, $"{i}.csv"))),
        ];
        var parsing = clock.Elapsed.TotalSeconds;
        clock.Restart();
        FrocSlide[] judged = [.. detections.Select((d, i) => FrocSlide.Of($"{i}", d, maps[i]))];
        var score = FrocEvaluation.Of(judged, new FrocOptions { Bootstrap = 0 }).Score.Value;
        var figures = clock.Elapsed.TotalSeconds;
        clock.Restart();
        FrocEvaluation.Of(judged);
        var draws = clock.Elapsed.TotalSeconds;
        string Seconds(double seconds) => seconds.ToString("0.00 s", CultureInfo.InvariantCulture);
        Console.WriteLine(
            $"round {round}: {detections.Sum(d => d.Count)} detections, {slides} slides, "
                + $"{maps.Sum(m => m?.Lesions.Count)} lesions: "
                + $"masks decoded {Seconds(decoding.Elapsed.TotalSeconds)}, "
                + $"lesions found {Seconds(mapping.Elapsed.TotalSeconds)}, detections parsed {Seconds(parsing)}, "
                + FormattableString.Invariant($"score ({score:0.0000}) {figures:0.00} s, ")
                + $"2000 draws more {Seconds(draws)}"
        );
    }

    private static void PaintMask(string path, (int Width, int Height) size, SeededRandom random)
    {
        using var mask = new Image(size.Width, size.Height, channels: 1);
        mask.WritablePixels.Clear();
        for (var disc = 2 + random.Below(8); disc > 0; disc--)
        {
            var (x, y) = (random.Below(size.Width), random.Below(size.Height));
            var radius = 3 + random.Below(size.Width / 10);
            for (var row = Math.Max(0, y - radius); row < Math.Min(size.Height, y + radius); row++)
            {
                var half = (int)Math.Sqrt(radius * radius - (row - y) * (row - y));
                var (from, to) = (Math.Max(0, x - half), Math.Min(size.Width, x + half));
                mask.WritablePixels[(row * size.Width + from)..(row * size.Width + to)].Fill(255);
            }
        }
        ImageFile.Write(path, mask);
    }

    private static void WriteDetections(string path, (int Width, int Height) size, int count, SeededRandom random)
    {
        using var file = new StreamWriter(path);
        for (var i = 0; i < count; i++)
            file.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{random.Unit():R},{random.Below(size.Width * 32)},{random.Below(size.Height * 32)}"
                )
            );
    }
}
