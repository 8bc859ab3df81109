using System.Diagnostics;
using System.Text.Json;
using Coverslip.Phantoms;
using Coverslip.Slides.Images;
using Coverslip.Slides.Stain;

namespace Coverslip.Bench.Stains;

/// <summary>
/// Stain normalization: times, and agreement with what StainTools and TIAToolbox made of the same images.
/// </summary>
internal static class StainBench
{
    private const int Warmup = 30; // rounds until the compiler has done its best

    /// <summary>
    /// <c>stain REFERENCE IMAGE</c>: times each method as <c>bench/stain/peers.py</c> does; a JSON line each.
    /// </summary>
    internal static void Run(string[] arguments)
    {
        var flags = new Flags(arguments, "rounds", "warmup");
        using var reference = ImageFile.Read(flags.Words[0]);
        using var image = ImageFile.Read(flags.Words[1]);
        foreach (var method in Enum.GetValues<StainMethod>())
        {
            var normalizer = StainNormalizer.Fit(method, reference);
            var milliseconds = new List<double>();
            var warmup = flags.Int("warmup", Warmup);
            for (var i = 0; i < warmup + flags.Int("rounds", 15); i++)
            {
                var clock = Stopwatch.StartNew();
                normalizer.Apply(image).Dispose();
                if (i >= warmup)
                    milliseconds.Add(clock.Elapsed.TotalMilliseconds);
            }
            var (who, what) = ("coverslip", method.ToString().ToLowerInvariant());
            Console.WriteLine(
                JsonSerializer.Serialize(
                    new
                    {
                        who,
                        what,
                        side = image.Width,
                        milliseconds,
                    }
                )
            );
        }
    }

    /// <summary><c>stain-phantom SIDE FILE [--stain N] [--seed N]</c>: paints an image where there is none.</summary>
    internal static void Phantom(string[] arguments)
    {
        var flags = new Flags(arguments, "stain", "seed");
        var words = flags.Words;
        var side = int.Parse(words[0], System.Globalization.CultureInfo.InvariantCulture);
        using var patch = PatchPhantom.Paint(
            new PatchPhantomOptions { Size = side, StainSeed = flags.Int("stain", 3) },
            flags.Int("seed", 1)
        );
        ImageFile.Write(words[1], patch.Image);
    }

    /// <summary>
    /// <c>stain-agreement FOLDER</c>: a table row per image and method, against the published tools' results.
    /// </summary>
    internal static void Agreement(string[] arguments)
    {
        var folder = new Flags(arguments).Words[0];
        var vectors = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "stain_matrices.json"))).RootElement;
        using var target = ImageFile.Read(Path.Combine(folder, "target.png"));
        Console.WriteLine("| Image | Method | haematoxylin ° | eosin ° | gray levels | of |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var method in Enum.GetValues<StainMethod>())
        {
            var tool = method == StainMethod.Reinhard ? "tiatoolbox" : "staintools";
            var name = method.ToString().ToLowerInvariant();
            var normalizer = StainNormalizer.Fit(method, target);
            foreach (var image in (string[])["target", "glas", "breakhis", "cmu"])
            {
                using var source = ImageFile.Read(Path.Combine(folder, $"{image}.png"));
                var degrees =
                    method == StainMethod.Reinhard
                        ? "– | –"
                        : Degrees(
                            SeparationNormalizer.Estimate(method, source),
                            vectors.GetProperty($"{image}.{tool}.{name}")
                        );
                var levels = "–";
                if (image != "target")
                {
                    using var theirs = ImageFile.Read(Path.Combine(folder, $"{image}.{tool}.{name}.png"));
                    using var ours = normalizer.Apply(source);
                    levels = FormattableString.Invariant($"{Difference(ours, theirs):F2}");
                }
                Console.WriteLine($"| {image} | {method} | {degrees} | {levels} | {tool} |");
            }
        }
    }

    private static string Degrees(StainMatrix ours, JsonElement theirs) =>
        FormattableString.Invariant(
            $"{ours.Haematoxylin.DegreesTo(Vector(theirs[0])):F2} | {ours.Eosin.DegreesTo(Vector(theirs[1])):F2}"
        );

    private static StainVector Vector(JsonElement numbers) =>
        new(numbers[0].GetDouble(), numbers[1].GetDouble(), numbers[2].GetDouble());

    private static double Difference(Image a, Image b)
    {
        var sum = 0L;
        for (var i = 0; i < a.ByteCount; i++)
            sum += Math.Abs(a.Pixels[i] - b.Pixels[i]);
        return (double)sum / a.ByteCount;
    }
}
