using System.Runtime.ExceptionServices;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.Inputs;

/// <summary>One image at the network's size: red, green, blue, mask (255 valid) per pixel.</summary>
/// <param name="Row">Its row of the cohort.</param>
/// <param name="Label">Index of its class; −1 where it is none of the network's.</param>
/// <param name="Empty">Whether its mask held nothing valid, so that it is used without one.</param>
public sealed record Patch(CohortRow Row, int Label, bool Empty)
{
    /// <summary>
    /// Which findings it shows, in the network's order; null with one class to an image, or where nobody has told.
    /// </summary>
    public IReadOnlyList<bool>? Findings { get; init; }

    /// <summary>The image as it was stored.</summary>
    public required SourceImage Source { get; init; }

    /// <summary>Whether its stain could not be measured, so that it is used as it is.</summary>
    public bool StainKept { get; init; }

    /// <summary>The pixels, or null where they are read anew each time.</summary>
    public byte[]? Pixels { get; init; }
}

/// <summary>An image file before it was brought to the network's size.</summary>
/// <param name="Channels">1 gray, 3 color.</param>
/// <param name="Scale">The network's width over the file's.</param>
public readonly record struct SourceImage(int Channels, double Scale)
{
    /// <summary>Pixels of the file.</summary>
    public (int Width, int Height) Size { get; init; }

    /// <summary>What kind of picture it is; null where nobody has looked.</summary>
    public ImageLook? Look { get; init; }

    /// <param name="stored">The image in its own colors.</param>
    /// <param name="input">What the network takes.</param>
    internal static SourceImage Of(Image stored, InputOptions input) =>
        new(input.Gray ? 1 : stored.Channels, (double)input.Width / stored.Width)
        {
            Size = (stored.Width, stored.Height),
            Look = ImageLook.Of(stored),
        };
}

/// <summary>Where masks are, and how masked regions are filled.</summary>
/// <param name="FileOf">The mask file of a row; null where it has none.</param>
/// <param name="Fill">Turns and shifts the valid area of an image into its masked regions; given are image, mask and
/// the image's name.</param>
public sealed record PatchMasks(
    Func<CohortRow, string?> FileOf,
    Func<Image, Image, string, (Image Image, Image Mask)> Fill
);

/// <summary>How a cohort's images are read, beyond their size and form.</summary>
public sealed record PatchReading
{
    /// <summary>The network's classes; null (default): the cohort's.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>The stain that images are brought to before they are resized; null (default) for none.</summary>
    public InputStain? Stain { get; init; }

    /// <summary>Told of every image as it was stored, before it is used; throws where it does not fit.</summary>
    public Action<CohortRow, SourceImage>? Check { get; init; }

    /// <summary>Told after every image how many are done.</summary>
    public Action<int>? Progress { get; init; }

    /// <summary>
    /// The masks under which the models of a part, counted from 1, see the images; null (default): all parts see the same.
    /// </summary>
    public Func<int, PatchMasks>? MasksOfPart { get; init; }
}

/// <summary>A cohort's images at the network's size, held in memory up to a limit and read anew beyond it.</summary>
public sealed class PatchSet
{
    private readonly Cohort cohort;
    private readonly InputOptions input;
    private readonly PatchMasks? masks;
    private readonly PatchReading reading;
    private readonly IReadOnlyList<string> classes;
    private (int Part, PatchSet Set)? ofPart;
    private Dictionary<CohortRow, Patch>? byRow;

    /// <param name="cohort">The images.</param>
    /// <param name="input">Size and form.</param>
    /// <param name="masks">Where masks are; null for raw input.</param>
    /// <param name="reading">Classes, stain, what is told on the way.</param>
    public PatchSet(Cohort cohort, InputOptions input, PatchMasks? masks, PatchReading? reading = null)
    {
        this.reading = reading ??= new PatchReading();
        (this.cohort, this.input, this.masks) = (cohort, input, input.Form == InputForm.Raw ? null : masks);
        long bytes = (long)input.Height * input.Width * 4;
        var patches = new Patch[cohort.Rows.Count];
        classes = reading.Classes ?? cohort.Classes;
        var numbers = classes.Index().ToDictionary(c => c.Item, c => c.Index, StringComparer.Ordinal);
        var kept = reading.MasksOfPart is null ? MemoryLimit : 0; // of several parts, the one at work keeps them
        var done = 0;
        using var images = new PatchImage();
        try
        {
            Parallel.For(
                0,
                patches.Length,
                new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
                i =>
                {
                    var row = cohort.Rows[i];
                    var pixels = new byte[bytes];
                    var (empty, stainKept, source) = Read(row, pixels, images);
                    patches[i] = new Patch(row, numbers.GetValueOrDefault(row.Label, -1), empty)
                    {
                        Findings = row.Findings is { } found ? [.. classes.Select(c => found.Contains(c))] : null,
                        Source = source,
                        StainKept = stainKept,
                        Pixels = (i + 1) * bytes <= kept ? pixels : null,
                    };
                    reading.Progress?.Invoke(Interlocked.Increment(ref done));
                }
            );
        }
        catch (AggregateException error)
        {
            // The first file that could not be read is reason enough, and its message names it.
            ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
        }
        Patches = patches;
    }

    /// <summary>Bytes of pixels that are kept; what goes beyond is read anew each time.</summary>
    private const long MemoryLimit = 4L << 30;

    /// <summary>In the order of the cohort's rows.</summary>
    public IReadOnlyList<Patch> Patches { get; }

    public Cohort Cohort => cohort;

    public InputOptions Input => input;

    /// <summary>Images in whose mask nothing is valid.</summary>
    public int EmptyMasks => Patches.Count(p => p.Empty);

    /// <summary>Images that are used as they are because their stain could not be measured.</summary>
    public int StainsKept => Patches.Count(p => p.StainKept);

    /// <summary>A line on images whose stain cannot be measured; null where there are none.</summary>
    public string? StainNote =>
        StainsKept is > 0 and var kept
            ? $"{kept} of {Patches.Count} images have no stain that can be measured and are used as they are"
            : null;

    /// <summary>
    /// The same images, in the same order, as the models of a part see them; itself where all parts see the same. Asked part by
    /// part: only the last one asked for is kept.
    /// </summary>
    /// <param name="part">Its number, from 1.</param>
    public PatchSet OfPart(int part)
    {
        if (reading.MasksOfPart is not { } masksOf)
            return this;
        if (ofPart?.Part != part)
        {
            ofPart = null; // its pixels may go before the next ones come
            ofPart = (
                part,
                new PatchSet(cohort, input, masksOf(part), reading with { MasksOfPart = null, Progress = null })
            );
        }
        return ofPart.Value.Set;
    }

    /// <summary>This set's patches of the rows that patches of another set of the cohort are of, in the same order.</summary>
    public IReadOnlyList<Patch> Same(IReadOnlyList<Patch> others)
    {
        if (others.Count > 0 && ReferenceEquals(others, Patches))
            return Patches;
        byRow ??= Patches.ToDictionary(p => p.Row, (IEqualityComparer<CohortRow>)ReferenceEqualityComparer.Instance);
        return [.. others.Select(o => byRow[o.Row])];
    }

    /// <summary>The pixels of a patch, H·W·4 bytes.</summary>
    public byte[] Pixels(Patch patch)
    {
        if (patch.Pixels is { } kept)
            return kept;
        var pixels = new byte[input.Height * input.Width * 4];
        using var images = new PatchImage();
        Read(patch.Row, pixels, images);
        return pixels;
    }

    /// <summary>An image as the network sees it without mask and stain, H·W·4 bytes.</summary>
    internal static byte[] ReadRaw(string path, InputOptions input, PatchImage images)
    {
        var pixels = new byte[input.Height * input.Width * 4];
        using var whole = images.Read(path, new ImageReadOptions { Depth = 8 });
        using var stored = Stored(whole, input);
        using var color = InColor(stored);
        using var image = Transforms.Resize(color, input.Width, input.Height, input.Interpolation);
        Join(image, null, pixels);
        return pixels;
    }

    private (bool Empty, bool StainKept, SourceImage Source) Read(CohortRow row, byte[] pixels, PatchImage images)
    {
        using var whole = images.Read(cohort.ImagePath(row), new ImageReadOptions { Depth = 8 });
        var source = SourceImage.Of(whole, input);
        reading.Check?.Invoke(row, source);
        using var stored = Stored(whole, input);
        using var stained = reading.Stain?.Apply(stored, row.Image);
        using var color = InColor(stained ?? stored);
        using var image = Sized(color, input.Interpolation);
        return (Fill(row, source, image, pixels), reading.Stain is not null && stained is null, source);
    }

    private bool Fill(CohortRow row, SourceImage source, Image image, byte[] pixels)
    {
        if (masks?.FileOf(row) is not { } file)
            return Join(image, null, pixels);
        using var whole = CohortMask.Read(file, cohort, row, source.Size);
        using var mask = Sized(whole, Interpolation.Nearest);
        if (!input.Fill)
            return Join(image, mask, pixels);
        var (filled, filledMask) = masks.Fill(image, mask, row.Image);
        using (filled)
        using (filledMask)
            return Join(filled, filledMask, pixels);
    }

    private static Image Stored(Image whole, InputOptions input) =>
        input.Gray && whole.Channels == 3 ? ColorSpaces.Convert(whole, ColorConversion.RgbToGray) : whole;

    private static Image InColor(Image image) =>
        image.Channels == 3 ? image.Clone() : ColorSpaces.Convert(image, ColorConversion.GrayToRgb);

    private Image Sized(Image image, Interpolation interpolation) =>
        Transforms.Resize(image, input.Width, input.Height, interpolation);

    private static bool Join(Image image, Image? mask, byte[] pixels)
    {
        var colors = image.Pixels;
        var valid = mask is null ? default : mask.Pixels;
        var empty = mask is not null && valid.IndexOfAnyExcept((byte)0) < 0;
        for (int i = 0, c = 0, p = 0; p < pixels.Length; i++, c += 3, p += 4)
        {
            pixels[p] = colors[c];
            pixels[p + 1] = colors[c + 1];
            pixels[p + 2] = colors[c + 2];
            pixels[p + 3] = mask is null || empty || valid[i] != 0 ? byte.MaxValue : (byte)0;
        }
        return empty;
    }
}
