namespace Coverslip.Slides.Formats;

/// <summary>Opens slides.</summary>
public static class SlideFile
{
    /// <summary>The readers in the order in which they are asked: the first that takes a file reads it.</summary>
    private static readonly SlideFormat[] Known = [TiledTiff.Format, OpenSlideFormat.Format];

    private static readonly string[] Scanners = [".svs", ".ndpi", ".mrxs", ".scn", ".bif", ".vms", ".vmu", ".svslide"];

    /// <summary>How an image in strips becomes a slide; tried with libvips 8.14.</summary>
    private const string Conversion =
        "a TIFF in strips becomes a slide by: vips tiffsave IN.tif OUT.tif --tile --pyramid --compression jpeg "
        + "--tile-width 256 --tile-height 256 --bigtiff";

    /// <summary>Names of the readers, in the order in which they are asked.</summary>
    public static IReadOnlyList<string> Readers { get; } = [.. Known.Select(format => format.Name)];

    /// <summary>Opens a slide of any known format.</summary>
    /// <exception cref="UnreadableSlideException">Missing, a folder, empty, damaged, or of no known format.</exception>
    /// <exception cref="ArgumentException">No reader has the name in the options.</exception>
    public static Slide Open(string path, SlideOptions? options = null)
    {
        options ??= new SlideOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.CacheBytes);
        CheckFile(path);
        var formats = options.Reader is { } name ? [Named(name)] : Known;
        var declined = new List<(string Name, string Reason)>();
        foreach (var format in formats)
        {
            var (slide, reason) = Attempt(format, path, options);
            if (slide is not null)
            {
                slide.Reader = new SlideReaderChoice(format.Name, reason, declined);
                foreach (var note in slide.Notes)
                    options.Noted?.Invoke(slide, note);
                return slide;
            }
            declined.Add((format.Name, reason));
        }
        var reasons = string.Join("; ", declined.Select(d => $"{d.Name}: {d.Reason}"));
        var wayOut = declined.Any(d => d.Reason == TiledTiff.NotTiled) ? $"; {Conversion}" : "";
        throw new UnreadableSlideException(path, $"no reader takes it ({reasons}){wayOut}") { IsDeclined = true };
    }

    /// <summary>
    /// Whether a file is taken for a slide: a scanner's by its extension, a TIFF if a reader takes it, which tiles decide.
    /// </summary>
    public static bool IsSlide(string path)
    {
        var extension = System.IO.Path.GetExtension(path).ToLowerInvariant();
        if (Scanners.Contains(extension))
            return true;
        if (extension is not (".tif" or ".tiff") || !File.Exists(path))
            return false;
        try
        {
            using var slide = Open(path);
            return true;
        }
        catch (UnreadableSlideException error)
        {
            // An image, or a file that says as an image what is wrong with it; but a slide whose first page would be
            // taken for all of it stays one.
            return error.IsSlide;
        }
    }

    /// <summary>What is wrong with a TIFF that <see cref="IsSlide"/> does not take because it is damaged; null of others.</summary>
    public static string? DamageOf(string path)
    {
        try
        {
            using var slide = Open(path);
            return null;
        }
        catch (UnreadableSlideException error)
        {
            return error.IsSlide || error.IsDeclined ? null : error.Reason;
        }
    }

    private static SlideFormat Named(string name) =>
        Array.Find(Known, format => format.Name == name)
        ?? throw new ArgumentException($"no slide reader is named '{name}'; known are {string.Join(", ", Readers)}");

    private static void CheckFile(string path)
    {
        if (Directory.Exists(path))
            throw new UnreadableSlideException(path, "this is a folder");
        if (!File.Exists(path))
            throw new UnreadableSlideException(path, "there is no such file");
    }

    private static SlideAttempt Attempt(SlideFormat format, string path, SlideOptions options)
    {
        try
        {
            return format.Open(path, options);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or (IOException and not UnreadableSlideException))
        {
            throw new UnreadableSlideException(path, e.Message, e);
        }
    }
}
