using System.Diagnostics;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Bench.Slides;

/// <summary>
/// Mutated slides: opened and read whole, at every level and scale. Each gives pixels or one clean error. A crash ends
/// the process, and the file that did it lies in the folder; so does a hang, which a watchdog ends after 20 seconds.
/// </summary>
internal static class SlideFuzz
{
    private static readonly int[] Interesting = [0, 1, -1, 2, 7, 8, 16, 255, 256, 65535, int.MaxValue, int.MinValue];
    private static long started = Stopwatch.GetTimestamp();

    /// <summary><c>slide-fuzz FOLDER SLIDE… [--seed 1] [--count 1000000] [--seconds 3600]</c></summary>
    internal static void Run(string[] arguments)
    {
        var flags = new Flags(arguments, "seed", "count", "seconds");
        var (path, slides) = (Path.Combine(flags.Words[0], "case.svs"), flags.Words.Skip(1).Select(File.ReadAllBytes));
        var originals = slides.ToArray();
        var random = new Random(flags.Int("seed", 1));
        var (clock, limit) = (Stopwatch.StartNew(), TimeSpan.FromSeconds(flags.Int("seconds", 3600)));
        var (count, whole, refused, kinds) = (0, 0, 0, new SortedDictionary<string, int>());
        using var watchdog = new Timer(_ => StopIfHanging(), null, 1000, 1000);
        for (; count < flags.Int("count", 1_000_000) && clock.Elapsed < limit; count++)
        {
            var original = originals[random.Next(originals.Length)];
            File.WriteAllBytes(path, Mutated(original, random));
            Interlocked.Exchange(ref started, Stopwatch.GetTimestamp());
            try
            {
                ReadWhole(path);
                whole++;
            }
            catch (UnreadableSlideException error)
            {
                refused++;
                var kind = Kind(error.Reason);
                kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
            }
        }
        Console.WriteLine(
            $"{count} mutations in {clock.Elapsed.TotalSeconds:0} s: {whole} read, {refused} clean errors"
        );
        foreach (var (kind, times) in kinds.OrderByDescending(pair => pair.Value).Take(30))
            Console.WriteLine($"  {times, 8}  {kind}");
    }

    /// <summary><c>slide-small SMALL ODD</c>: pyramids of a few kilobytes.</summary>
    internal static void WriteSmall(string[] arguments)
    {
        var options = new PyramidOptions
        {
            TileSide = 64,
            Quality = 40,
            Mpp = Mpp.Of(0.5),
        };
        PyramidWriter.Write(arguments[0], 256, 192, options with { Downsamples = [1, 2, 4] }, Paint);
        PyramidWriter.Write(arguments[1], 101, 77, options with { TileSide = 32, Downsamples = [1, 2] }, Paint);

        static void Paint(int x, int y, Image tile)
        {
            for (var i = 0; i < tile.ByteCount; i++)
                tile.WritablePixels[i] = (byte)(x + y + (i * i / 977));
        }
    }

    private static void StopIfHanging()
    {
        if (Stopwatch.GetElapsedTime(Interlocked.Read(ref started)) > TimeSpan.FromSeconds(20))
            Environment.FailFast("a mutation was read for 20 seconds");
    }

    private static byte[] Mutated(byte[] original, Random random)
    {
        var file = (byte[])original.Clone();
        if (random.Next(8) == 0)
            return file[..random.Next(file.Length)];
        for (var changes = 1 + random.Next(6); changes > 0; changes--)
        {
            var at = random.Next(file.Length - 8);
            switch (random.Next(4))
            {
                case 0:
                    file[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    file[at] = (byte)random.Next(256);
                    break;
                case 2:
                    BitConverter.TryWriteBytes(file.AsSpan(at & ~1), Interesting[random.Next(Interesting.Length)]);
                    break;
                default:
                    var length = random.Next(1, 64);
                    var from = random.Next(file.Length - 64);
                    file.AsSpan(from, length)
                        .ToArray()
                        .AsSpan(0, Math.Min(length, file.Length - at))
                        .CopyTo(file.AsSpan(at));
                    break;
            }
        }
        return file;
    }

    private static void ReadWhole(string path)
    {
        using var slide = SlideFile.Open(path, new SlideOptions { Mpp = Mpp.Of(0.5) });
        foreach (var level in slide.Levels.Take(8))
        {
            using var image = new Image((int)Math.Min(level.Width, 320), (int)Math.Min(level.Height, 320));
            slide.ReadLevel(level.Index, new LevelPoint(0, 0), image);
            slide.ReadLevel(level.Index, new LevelPoint(level.Width - 100, level.Height - 33), image);
        }
        using var region = slide.Read(new RegionRequest(new SlidePoint(-5, 7), new PixelSize(40, 40), Mpp.Of(1.7)));
    }

    /// <summary>The reason without its numbers.</summary>
    private static string Kind(string reason)
    {
        var text = string.Concat(reason.Select(c => char.IsDigit(c) ? '#' : c));
        while (text.Contains("##", StringComparison.Ordinal))
            text = text.Replace("##", "#", StringComparison.Ordinal);
        return text.Length > 110 ? text[..110] : text;
    }
}
