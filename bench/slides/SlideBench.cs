using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Bench.Slides;

/// <summary>Reading patches: the same places in the same order as <c>bench/slides/peers.py</c>.</summary>
internal static class SlideBench
{
    private const int Side = 256;
    private const double LeastSeconds = 2;
    private const int Share = 32; // patches that a thread takes at a time
    private static readonly TimeSpan Warmup = TimeSpan.FromSeconds(3);
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary><c>slide-mosaic IMAGE OUT [--times 7]</c>: a pyramid of the image laid out so many times each way.</summary>
    internal static void Mosaic(string[] arguments)
    {
        var flags = new Flags(arguments, "times");
        using var source = SlideFile.Open(flags.Words[0]);
        var (width, height) = ((int)source.Levels[0].Width, (int)source.Levels[0].Height);
        using var image = new Image(width, height);
        source.ReadLevel(0, new LevelPoint(0, 0), image);
        var times = flags.Int("times", 7);
        var options = new PyramidOptions { Mpp = source.Resolution.Mpp };
        PyramidWriter.Write(flags.Words[1], width * times, height * times, options, Repeat);

        void Repeat(int x, int y, Image tile)
        {
            for (var row = 0; row < tile.Height; row++)
            {
                var from = image.Row((y + row) % height);
                var to = tile.WritablePixels.Slice(row * tile.Stride, tile.Stride);
                for (var column = 0; column < tile.Width; column++)
                    from.Slice((x + column) % width * 3, 3).CopyTo(to[(column * 3)..]);
            }
        }
    }

    /// <summary>
    /// <c>slide-places SLIDE FOLDER</c>: files of "x y" lines: aligned.txt (every whole tile), tissue.txt (those of
    /// them that are darker than glass), random.txt (2,000 places anywhere).
    /// </summary>
    internal static void Places(string[] arguments)
    {
        using var slide = SlideFile.Open(arguments[0]);
        var (width, height) = ((int)slide.Levels[0].Width, (int)slide.Levels[0].Height);
        var (aligned, tissue, anywhere) = (new StringBuilder(), new StringBuilder(), new StringBuilder());
        using var tile = new Image(Side, Side);
        for (var y = 0; y + Side <= height; y += Side)
        {
            for (var x = 0; x + Side <= width; x += Side)
            {
                slide.ReadLevel(0, new LevelPoint(x, y), tile);
                Add(aligned, x, y);
                long sum = 0;
                foreach (var sample in tile.Pixels)
                    sum += sample;
                if (sum < 215L * tile.ByteCount)
                    Add(tissue, x, y);
            }
        }
        var random = new Random(1);
        for (var i = 0; i < 2000; i++)
            Add(anywhere, random.Next(width - Side), random.Next(height - Side));
        foreach (var (name, text) in new[] { ("aligned", aligned), ("tissue", tissue), ("random", anywhere) })
            File.WriteAllText(Path.Combine(arguments[1], $"{name}.txt"), text.ToString());

        static void Add(StringBuilder text, int x, int y) => text.Append(CultureInfo.InvariantCulture, $"{x} {y}\n");
    }

    /// <summary><c>slide-read SLIDE PLACES [--threads 1]</c>: patches per second from a cold tile cache of 64 MiB.</summary>
    internal static void Read(string[] arguments)
    {
        var flags = new Flags(arguments, "threads");
        var places = PlacesOf(flags.Words[1]);
        var threads = flags.Int("threads", 1);
        // Until .NET compiles nothing anew; each round opens the slide again, so that its cache is cold.
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Warmup; )
            ReadAll(flags.Words[0], places, threads);
        var (seconds, rounds, before) = (0.0, 0, Environment.CpuUsage.TotalTime);
        var (waits, allocated) = (Monitor.LockContentionCount, GC.GetTotalAllocatedBytes());
        for (; seconds < LeastSeconds; rounds++)
            seconds += ReadAll(flags.Words[0], places, threads);
        var processor = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        Console.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    who = "coverslip",
                    what = Path.GetFileNameWithoutExtension(flags.Words[1]),
                    threads,
                    rate = rounds * places.Length / seconds,
                    per_cpu = rounds * places.Length / processor,
                    waits_per_patch = (Monitor.LockContentionCount - waits) / (double)(rounds * places.Length),
                    bytes_per_patch = (GC.GetTotalAllocatedBytes() - allocated) / (rounds * places.Length),
                }
            )
        );
    }

    /// <summary>Top left corners of patches, in a file of "x y" lines.</summary>
    internal static LevelPoint[] PlacesOf(string path) =>
        [
            .. File.ReadLines(path)
                .Select(line => line.Split(' '))
                .Select(xy => new LevelPoint(int.Parse(xy[0], Invariant), int.Parse(xy[1], Invariant))),
        ];

    private static double ReadAll(string path, LevelPoint[] places, int threads)
    {
        using var slide = SlideFile.Open(path);
        var clock = Stopwatch.StartNew();
        var next = new Queue<LevelPoint[]>(places.Chunk(Share));
        Thread[] readers = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() => ReadPart(slide, next)))];
        foreach (var reader in readers)
            reader.Start();
        foreach (var reader in readers)
            reader.Join();
        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>Takes shares as long as there are any: one half of a slide may cost more than the other.</summary>
    private static void ReadPart(Slide slide, Queue<LevelPoint[]> shares)
    {
        using var patch = new Image(Side, Side);
        while (true)
        {
            LevelPoint[] places;
            lock (shares)
            {
                if (!shares.TryDequeue(out places!))
                    return;
            }
            foreach (var place in places)
                slide.ReadLevel(0, place, patch);
        }
    }

    /// <summary>
    /// <c>slide-stream SLIDE</c>: opens, makes a thumbnail, masks the tissue on it, reads every tile of level 0 that
    /// has tissue; prints the peak of resident memory and how many of the tiles differ.
    /// </summary>
    internal static void Stream(string[] arguments)
    {
        var clock = Stopwatch.StartNew();
        using var slide = SlideFile.Open(arguments[0]);
        using var thumbnail = slide.ReadThumbnail(2048);
        var image = thumbnail.Image;
        var scale = (double)slide.Levels[0].Width / image.Width;
        var seen = new HashSet<UInt128>();
        using var tile = new Image(Side, Side);
        var (read, all) = (0, 0);
        for (long y = 0; y < slide.Levels[0].Height; y += Side)
        {
            for (long x = 0; x < slide.Levels[0].Width; x += Side)
            {
                all++;
                if (!HasTissue(image, x / scale, y / scale, Side / scale))
                    continue;
                slide.ReadLevel(0, new LevelPoint(x, y), tile);
                seen.Add(Digest(tile.Pixels));
                read++;
            }
        }
        var peak = File.ReadLines("/proc/self/status")
            .First(line => line.StartsWith("VmHWM", StringComparison.Ordinal));
        Console.WriteLine(
            FormattableString.Invariant(
                $"{all} tiles, {read} with tissue, {seen.Count} of them distinct, {clock.Elapsed.TotalSeconds:0} s, {peak}"
            )
        );
    }

    private static UInt128 Digest(ReadOnlySpan<byte> pixels)
    {
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(pixels, digest);
        return MemoryMarshal.Read<UInt128>(digest);
    }

    private static bool HasTissue(Image image, double x, double y, double side)
    {
        for (var row = (int)y; row <= Math.Min(y + side, image.Height - 1); row++)
        {
            for (var column = (int)x; column <= Math.Min(x + side, image.Width - 1); column++)
            {
                if (image.Row(row)[(column * 3) + 1] < 215)
                    return true;
            }
        }
        return false;
    }
}
