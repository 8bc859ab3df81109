using Coverslip.Files;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.Masks;

/// <summary>
/// A folder of masks: <c>masks/</c> (255 valid), <c>overlays/</c>, <c>labels/</c> (the segmentation, so that other
/// rules cost no new one), <c>masks.csv</c>, <c>areas.csv</c> and <c>settings.json</c>. Files are named as the images,
/// with the extension <c>.png</c>; folders within a cohort are kept. A mask is finished for the picture, the options and the
/// rules that its row names.
/// </summary>
public sealed class MaskStore
{
    private readonly string folder;
    private readonly MaskTables tables;
    private readonly (string Segmentation, string Rules) now;
    private readonly bool force;
    private readonly Lock gate = new(); // of what follows, once images are made
    private readonly Dictionary<string, MaskRow> rows;
    private readonly Dictionary<string, string> pictures = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> owners = new(StringComparer.Ordinal);
    private readonly bool found; // an earlier call made the folder
    private MaskSettingsFile? settings; // until they are written

    private MaskStore(string folder, (string Segmentation, string Rules) now, bool force)
    {
        (this.folder, this.now, this.force, tables) = (folder, now, force, new MaskTables(folder));
        found = tables.Found();
        rows = tables.Read().ToDictionary(row => row.Image, StringComparer.Ordinal);
        foreach (var image in rows.Keys)
            owners[StoredName(image)] = image;
    }

    /// <summary>Rows in the order in which images were done.</summary>
    public IReadOnlyCollection<MaskRow> Rows => rows.Values;

    /// <summary>
    /// Opens a folder of masks, or one that is to hold some. Masks made under other rules are to be judged anew (<see cref="Segmentation"/>
    /// still gives their labels).
    /// </summary>
    /// <exception cref="InvalidOperationException">It holds segmentations of other options, and <paramref
    /// name="force"/> is false.</exception>
    /// <exception cref="InvalidDataException">It holds other files of the names of its own; nothing is written.</exception>
    public static MaskStore Open(string folder, MaskOptions options, MaskRules rules, bool force = false)
    {
        options.Check();
        rules.Check();
        var settings = MaskSettingsFile.Of(options, rules);
        var path = SettingsIn(folder);
        if (
            MaskSettingsFile.Read(path) is { } before
            && !force
            && Fingerprint.Difference($"{before.OfSegmentation}", $"{settings.OfSegmentation}") is { } differs
        )
            throw new InvalidOperationException(
                $"{folder} holds masks segmented with other options or of images of another stain (see {path}): {differs}; "
                    + "'coverslip mask --recipe RECIPE --force' makes them anew as a recipe says; or choose another folder"
            );
        return new MaskStore(folder, (Short(settings.OfSegmentation), Short(settings.OfRules)), force)
        {
            settings = settings,
        };
    }

    private static string SettingsIn(string folder) => Path.Combine(folder, "settings.json");

    /// <summary>Makes the folder one of masks, before anything else is written into it.</summary>
    private void Settle()
    {
        lock (gate)
        {
            settings?.Write(SettingsIn(folder));
            settings = null;
        }
    }

    /// <summary>The rules under which a folder's masks were judged last; null where there are none.</summary>
    internal static MaskRules? RulesOf(string folder) => MaskSettingsFile.Read(SettingsIn(folder))?.Rules;

    /// <summary>Opens a folder of masks for reading.</summary>
    /// <exception cref="DirectoryNotFoundException">There are no masks.</exception>
    public static MaskStore Read(string folder)
    {
        var store = new MaskStore(folder, ("", ""), force: false);
        return File.Exists(store.tables.Masks)
            ? store
            : throw new DirectoryNotFoundException(
                $"{folder} holds no masks.csv: make masks with 'coverslip mask --cohort C --out {folder}'"
            );
    }

    /// <summary>
    /// The images whose mask is to be made: there is none, it is of another picture or of other rules, or all are made anew.
    /// Asked before the first is made; with it, images are known by their contents.
    /// </summary>
    /// <param name="images">Names under which masks are stored, and files.</param>
    /// <param name="tell">Told of each mask that is made anew, and why.</param>
    /// <exception cref="ArgumentException">Two of the images would be stored under one name.</exception>
    /// <exception cref="InvalidDataException">Another image's mask is stored under the name of one of them.</exception>
    /// <exception cref="IOException">Files of these names are there that no earlier call made.</exception>
    public IReadOnlyList<(string Name, string Path)> Missing(
        IReadOnlyList<(string Name, string Path)> images,
        Action<string> tell
    )
    {
        (string Name, string Path)[] distinct = [.. images.DistinctBy(i => i.Name)];
        DistinctNames.Check(distinct.Select(i => i.Name), StoredName);
        if (!found && !File.Exists(SettingsIn(folder)))
            NeedNew(distinct.Select(i => StoredName(i.Name)));
        Settle();
        // Patches of a slide are told apart by their names; what is not there fails when it is read.
        string[] files = [.. distinct.Select(i => SlidePlace.FileOf(i.Path))];
        var contents = new FileContents();
        contents.Compute(files.Distinct().Where(File.Exists));
        foreach (var (place, (name, _)) in distinct.Index())
        {
            pictures[name] = File.Exists(files[place]) ? contents.Of(files[place]) : "";
            Own(name);
            if (!rows.TryGetValue(name, out var row) || OfAnother(row, pictures[name]) is not { } differs)
                continue;
            if (!force)
                tell($"{name}: mask made anew: {differs}");
            rows.Remove(name);
        }
        var missing = distinct.Where(i => !Has(i.Name)).ToArray();
        // What is about to be replaced counts no more, also where the call is stopped between mask and row.
        foreach (var row in missing.Select(i => rows.GetValueOrDefault(i.Name)).OfType<MaskRow>().ToArray())
            rows[row.Image] = row with { MadeOf = row.MadeOf with { Rules = "" } };
        if (missing.Length > 0 && File.Exists(tables.Masks))
            Save();
        return missing;
    }

    private void NeedNew(IEnumerable<string> stored)
    {
        var taken = stored
            .SelectMany(name => (string[])[PathOf("masks", name), PathOf("labels", name), PathOf("overlays", name)])
            .FirstOrDefault(File.Exists);
        if (taken is null)
            return;
        UserFiles.Check(taken); // which says more of a file that was given
        throw new IOException(
            $"{taken} is there already, in a folder without settings.json of 'coverslip mask', and was not made by it; "
                + "nothing was written over it. Choose another folder for masks"
        );
    }

    /// <summary>Whether the image's mask is there, made with the same options and rules.</summary>
    public bool Has(string image) =>
        rows.GetValueOrDefault(image) is { } row
        && (row.MadeOf.Segmentation, row.MadeOf.Rules) == now
        && File.Exists(MaskPath(image));

    /// <summary>The image's row; null where it is not done.</summary>
    public MaskRow? Row(string image) => rows.GetValueOrDefault(image);

    /// <summary>Path of the image's mask, whether it is there or not.</summary>
    /// <exception cref="ArgumentException">Another image has the same name but for its extension.</exception>
    public string MaskPath(string image) => PathOf("masks", Name(image));

    /// <summary>The image's mask, gray: 255 valid.</summary>
    /// <exception cref="UnreadableImageException">It is not there.</exception>
    public Image ReadMask(string image) => ImageFile.Read(MaskPath(image), ImageReadOptions.Mask);

    /// <summary>
    /// The image's segmentation made before; null where there is none of the same options and size. May be asked while another
    /// thread adds images.
    /// </summary>
    public Segmentation? Segmentation(string image, int width, int height)
    {
        string path;
        MaskRow? row;
        lock (gate)
            (path, row) = (PathOf("labels", Name(image)), rows.GetValueOrDefault(image));
        if (row is null || row.MadeOf.Segmentation != now.Segmentation)
            return null;
        if (!File.Exists(path))
            return null;
        using var labels = ImageFile.Read(path, ImageReadOptions.Mask);
        if (labels.Width != width || labels.Height != height)
            return null;
        var count = 0;
        foreach (var label in labels.Pixels)
            count = Math.Max(count, label + 1);
        return new Segmentation(labels.Pixels.ToArray(), count, row.Steps, Stopped: true);
    }

    /// <summary>Writes an image's mask, overlay and labels; the row follows with <see cref="Save"/>.</summary>
    public void Add(string image, Image pixels, MaskResult result)
    {
        string name;
        Settle();
        lock (gate)
            name = Name(image);
        using (var labels = Image.From(result.Segmentation.Labels, result.Width, result.Height, channels: 1))
            ImageFile.Write(PathOf("labels", name), labels);
        using (var overlay = MaskOverlay.Paint(pixels, result.Mask))
            ImageFile.Write(PathOf("overlays", name), overlay);
        using (var mask = Image.From(result.Mask, result.Width, result.Height, channels: 1))
            ImageFile.Write(PathOf("masks", name), mask);
        var row = new MaskRow(
            image,
            result.Segmentation.Count,
            result.Segmentation.Steps,
            result.ShareValid,
            result.Elapsed.TotalSeconds
        )
        {
            Reason = result.Reason,
            Areas = result.Areas,
            MadeOf = (pictures.GetValueOrDefault(image, ""), now.Segmentation, now.Rules),
        };
        lock (gate)
            rows[image] = row;
    }

    /// <summary>Writes <c>masks.csv</c> and <c>areas.csv</c>: images of earlier calls stay.</summary>
    public void Save()
    {
        FilesTogether.Settle();
        tables.Write(rows.Values);
    }

    private static string Short(Fingerprint made) => made.Hash[..16];

    private string? OfAnother(MaskRow row, string picture) =>
        force ? "all are"
        : row.MadeOf.Picture.Length == 0 ? "an earlier version made it, which did not keep of what"
        : row.MadeOf.Picture != picture ? $"the picture was {row.MadeOf.Picture}, is {picture}"
        : null;

    /// <summary>What is stored under the image's name is this image's, or of the same picture.</summary>
    private void Own(string image)
    {
        var stored = StoredName(image);
        if (owners.TryGetValue(stored, out var owner) && owner != image)
        {
            if (!rows.Remove(owner, out var row) || row.MadeOf.Picture != pictures[image])
                throw DistinctNames.Taken(PathOf("masks", stored), owner, image);
            rows[image] = row with { Image = image };
        }
        owners[stored] = image;
    }

    private static string StoredName(string image)
    {
        // An absolute path, or one that climbs, is stored under its file name alone.
        var inside = !Path.IsPathRooted(image) && !image.Split('/', '\\').Contains("..");
        return Path.ChangeExtension(inside ? image : Path.GetFileName(image), ".png");
    }

    private string Name(string image)
    {
        var name = StoredName(image);
        if (owners.TryGetValue(name, out var owner) && owner != image)
            throw new ArgumentException(
                $"{image} and {owner} would both be stored as {name}: give one of them another name or folder"
            );
        owners[name] = image;
        return name;
    }

    private string PathOf(params string[] parts) => Path.Combine([folder, .. parts]);
}
