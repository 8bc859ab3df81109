using System.Globalization;
using System.Text.Json;
using Coverslip.Files;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.Masks;

/// <summary>One image's line in <c>masks.csv</c>.</summary>
/// <param name="Image">As the cohort or the command line names it.</param>
/// <param name="Labels">Labels left.</param>
/// <param name="Steps">Steps taken.</param>
/// <param name="ShareValid">Valid pixels as a share of the image.</param>
/// <param name="Seconds">Wall-clock time for the image.</param>
public sealed record MaskRow(string Image, int Labels, int Steps, double ShareValid, double Seconds)
{
    /// <summary>What removed the areas that are not valid, with figures.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Every label's area with its figures and verdict, as <c>areas.csv</c> has them.</summary>
    public IReadOnlyList<Area> Areas { get; init; } = [];
}

/// <summary>
/// A folder of masks: <c>masks/</c> (255 valid), <c>overlays/</c>, <c>labels/</c> (the segmentation, so that other
/// rules cost no new one), <c>masks.csv</c>, <c>areas.csv</c> and <c>settings.json</c>. Files are named as the images,
/// with the extension <c>.png</c>; folders within a cohort are kept.
/// </summary>
public sealed class MaskStore
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    private readonly string folder;
    private readonly Dictionary<string, MaskRow> rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MaskRow> otherRules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> owners = new(StringComparer.Ordinal);

    private MaskStore(string folder) => this.folder = folder;

    /// <summary>Rows in the order in which images were done.</summary>
    public IReadOnlyCollection<MaskRow> Rows => rows.Values;

    /// <summary>
    /// Opens or makes a folder of masks. Masks made under other rules are to be judged anew (<see cref="Segmentation"/>
    /// still gives their labels).
    /// </summary>
    /// <exception cref="InvalidOperationException">It holds segmentations of other options, and <paramref
    /// name="force"/> is false.</exception>
    public static MaskStore Open(string folder, MaskOptions options, MaskRules rules, bool force = false)
    {
        options.Check();
        rules.Check();
        var store = new MaskStore(folder);
        // The device and the limits of a step's arithmetic do not name another segmentation, the mode does.
        var segmentation = JsonSerializer.Serialize(options with { Device = default }, Json);
        var settings = $"{{\n\"segmentation\": {segmentation},\n\"rules\": {rules.ToJson()}\n}}\n";
        var path = Path.Combine(folder, "settings.json");
        if (File.Exists(path) && !force)
        {
            var before = File.ReadAllText(path);
            if (!before.Contains($"\"segmentation\": {segmentation},", StringComparison.Ordinal))
            {
                throw new InvalidOperationException(
                    $"{folder} holds masks segmented with other options or of images of another stain (see {path}): "
                        + "'coverslip mask --recipe RECIPE --force' makes them anew as a recipe says; or choose another folder"
                );
            }
            store.ReadRows(before == settings ? store.rows : store.otherRules);
        }
        if (force && Directory.Exists(store.PathOf("labels")))
            Directory.Delete(store.PathOf("labels"), recursive: true);
        WholeFile.Write(path, settings);
        return store;
    }

    /// <summary>Opens a folder of masks for reading.</summary>
    /// <exception cref="DirectoryNotFoundException">There are no masks.</exception>
    public static MaskStore Read(string folder)
    {
        var store = new MaskStore(folder);
        if (!File.Exists(store.PathOf("masks.csv")))
            throw new DirectoryNotFoundException(
                $"{folder} holds no masks.csv: make masks with 'coverslip mask --cohort C --out {folder}'"
            );
        store.ReadRows(store.rows);
        return store;
    }

    /// <summary>Whether the image's mask is there, made with the same options and rules.</summary>
    public bool Has(string image) => rows.ContainsKey(image) && File.Exists(MaskPath(image));

    /// <summary>The image's row; null where it is not done.</summary>
    public MaskRow? Row(string image) => rows.GetValueOrDefault(image);

    /// <summary>Path of the image's mask, whether it is there or not.</summary>
    /// <exception cref="ArgumentException">Another image has the same name but for its extension.</exception>
    public string MaskPath(string image) => PathOf("masks", Name(image));

    /// <summary>The image's mask, gray: 255 valid.</summary>
    /// <exception cref="UnreadableImageException">It is not there.</exception>
    public Image ReadMask(string image) => ImageFile.Read(MaskPath(image), ImageReadOptions.Mask);

    /// <summary>The image's segmentation made before; null where there is none of the same size.</summary>
    public Segmentation? Segmentation(string image, int width, int height)
    {
        var path = PathOf("labels", Name(image));
        if (!File.Exists(path))
            return null;
        using var labels = ImageFile.Read(path, ImageReadOptions.Mask);
        if (labels.Width != width || labels.Height != height)
            return null;
        var row = rows.GetValueOrDefault(image) ?? otherRules.GetValueOrDefault(image);
        var count = 0;
        foreach (var label in labels.Pixels)
            count = Math.Max(count, label + 1);
        return new Segmentation(labels.Pixels.ToArray(), count, row?.Steps ?? 0, Stopped: true);
    }

    /// <summary>Writes an image's mask, overlay and labels; the row follows with <see cref="Save"/>.</summary>
    public void Add(string image, Image pixels, MaskResult result)
    {
        var name = Name(image);
        using (var labels = Image.From(result.Segmentation.Labels, result.Width, result.Height, channels: 1))
            ImageFile.Write(PathOf("labels", name), labels);
        using (var overlay = MaskOverlay.Paint(pixels, result.Mask))
            ImageFile.Write(PathOf("overlays", name), overlay);
        using (var mask = Image.From(result.Mask, result.Width, result.Height, channels: 1))
            ImageFile.Write(PathOf("masks", name), mask);
        rows[image] = new MaskRow(
            image,
            result.Segmentation.Count,
            result.Segmentation.Steps,
            result.ShareValid,
            result.Elapsed.TotalSeconds
        )
        {
            Reason = result.Reason,
            Areas = result.Areas,
        };
    }

    /// <summary>Writes <c>masks.csv</c> and <c>areas.csv</c>.</summary>
    public void Save()
    {
        string Rounded(double value, int digits) => value.ToString($"F{digits}", CultureInfo.InvariantCulture);
        CsvTable.Write(
            PathOf("areas.csv"),
            ["image", "label", "pixels", "share", "brightness", "redness", "texture", "failed"],
            rows.Values.SelectMany(r =>
                r.Areas.Select(a =>
                    (string[])
                        [
                            r.Image,
                            $"{a.Label}",
                            $"{a.Pixels}",
                            Rounded(a.Share, 5),
                            Rounded(a.Brightness, 3),
                            Rounded(a.Redness, 3),
                            Rounded(a.Texture, 3),
                            Words(a.Failed),
                        ]
                )
            )
        );
        CsvTable.Write(
            PathOf("masks.csv"),
            ["image", "labels", "steps", "share_valid", "seconds", "reason"],
            rows.Values.Select(r =>
                (string[])
                    [r.Image, $"{r.Labels}", $"{r.Steps}", Rounded(r.ShareValid, 4), Rounded(r.Seconds, 3), r.Reason]
            )
        );
    }

    private void ReadRows(Dictionary<string, MaskRow> into)
    {
        if (!File.Exists(PathOf("masks.csv")) || !File.Exists(PathOf("areas.csv")))
            return;
        var areas = Fields("areas.csv")
            .ToLookup(
                f => f[0],
                f => new Area((int)Number(f[1]), (long)Number(f[2]), Number(f[3]), Number(f[4]), Number(f[5]))
                {
                    Texture = Number(f[6]),
                    Failed = Enum.Parse<MaskRule>(f[7].Replace('+', ','), ignoreCase: true),
                }
            );
        foreach (var f in Fields("masks.csv"))
        {
            into[f[0]] = new MaskRow(f[0], (int)Number(f[1]), (int)Number(f[2]), Number(f[3]), Number(f[4]))
            {
                Reason = f[5],
                Areas = [.. areas[f[0]]],
            };
        }
    }

    private IEnumerable<string[]> Fields(string file) => CsvTable.Read(PathOf(file)).Rows.Select(r => r.Fields);

    private static double Number(string field) => double.Parse(field, CultureInfo.InvariantCulture);

    private static string Words(MaskRule rules) =>
        rules.ToString().ToLowerInvariant().Replace(", ", "+", StringComparison.Ordinal);

    private string Name(string image)
    {
        // An absolute path, or one that climbs, is stored under its file name alone.
        var inside = !Path.IsPathRooted(image) && !image.Split('/', '\\').Contains("..");
        var name = Path.ChangeExtension(inside ? image : Path.GetFileName(image), ".png");
        if (owners.TryGetValue(name, out var owner) && owner != image)
            throw new ArgumentException(
                $"{image} and {owner} would both be stored as {name}: give one of them another name or folder"
            );
        owners[name] = image;
        return name;
    }

    private string PathOf(params string[] parts) => Path.Combine([folder, .. parts]);
}
