using System.Diagnostics;
using System.Text.Json;
using NetVips;

namespace Coverslip.Bench.Slides;

/// <summary>libvips by NetVips at the same places in the same order as <see cref="SlideBench.Read"/>, on one thread.</summary>
internal static class VipsBench
{
    private const int Side = 256;
    private const double LeastSeconds = 3;

    /// <summary><c>slide-vips SLIDE PLACES</c>: patches per second of level 0 of a tiled TIFF; each round opens it anew.</summary>
    internal static void Read(string[] arguments)
    {
        var flags = new Flags(arguments);
        var places = SlideBench.PlacesOf(flags.Words[1]);
        NetVips.NetVips.Concurrency = 1;
        Cache.Max = 0; // of operations: an image opened again would be the one that has its tiles
        ReadAll(flags.Words[0], places);
        var (seconds, rounds, before) = (0.0, 0, Environment.CpuUsage.TotalTime);
        for (; seconds < LeastSeconds; rounds++)
            seconds += ReadAll(flags.Words[0], places);
        var processor = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        Console.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    who = "vips",
                    what = Path.GetFileNameWithoutExtension(flags.Words[1]),
                    threads = 1,
                    rate = rounds * places.Length / seconds,
                    per_cpu = rounds * places.Length / processor,
                }
            )
        );
    }

    private static double ReadAll(string path, Coverslip.Slides.Geometry.LevelPoint[] places)
    {
        var clock = Stopwatch.StartNew();
        using var slide = Image.Tiffload(path);
        using var region = Region.New(slide);
        foreach (var place in places)
            _ = region.Fetch((int)place.X, (int)place.Y, Side, Side);
        return clock.Elapsed.TotalSeconds;
    }
}
