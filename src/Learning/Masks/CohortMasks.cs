using System.Globalization;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Progress;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Images;
using Coverslip.Torch;

namespace Coverslip.Learning.Masks;

/// <summary>Where a cohort's masks lie and for whom they are made.</summary>
/// <param name="Folder">Folder of masks, as <c>coverslip mask</c> writes it.</param>
/// <param name="Parts">The parts whose models see the images under them; none: thresholds are the same for all.</param>
/// <param name="Device">Where the segmentation runs.</param>
public sealed record MaskPlace(string Folder, IReadOnlyList<MaskPart> Parts, Device Device)
{
    /// <summary>The stain that images are brought to before masks are made of them; null (default) for none.</summary>
    public InputStain? Stain { get; init; }

    /// <summary>Told how many are made; nobody by default.</summary>
    public IWorkProgress Progress { get; init; } = SilentProgress.Instance;
}

/// <summary>The masks of a cohort: made where they are missing, found where they are not.</summary>
public static class CohortMasks
{
    /// <summary>
    /// Masks of a cohort; null for raw input. Images are segmented once; thresholds that the recipe has calibrated are fitted,
    /// without labels, to the training images of each part, and where parts come to different ones, each has a folder of masks
    /// within the place's, named for its thresholds.
    /// </summary>
    /// <exception cref="InvalidDataException">A row without a mask where the cohort has to bring them.</exception>
    public static PreparedMasks? Prepare(InputOptions input, Cohort cohort, MaskPlace place, CancellationToken stop)
    {
        if (input.Form == InputForm.Raw)
            return null;
        if (input.NeedsMaskColumn)
        {
            if (cohort.Rows.FirstOrDefault(r => r.Mask is null) is { } bare)
                throw new InvalidDataException(
                    $"{cohort.Path}: input.masks is {(input.Masks == MaskSource.Column ? "column" : "turned")}, but row {bare.Number} ({bare.Image}) names no mask; fill the column mask (to predict, of a cohort file that --cohort names), or train with input.masks: computed"
                );
            foreach (var shared in CohortMask.Shared(cohort))
                place.Progress.Note($"{cohort.Path}: {shared}");
            return new PreparedMasks(
                new PatchMasks(
                    input.Masks == MaskSource.Column ? cohort.MaskPath : TurnedMasks.Write(cohort, place.Folder),
                    Fill
                ),
                null
            );
        }
        var options = OptionsOf(input) with { Device = place.Device, Stain = place.Stain?.Key };
        var named = RulesOf(input.MaskRules);
        (int Part, MaskRules Rules)[] known =
        [
            .. place.Parts.Where(p => (p.Rules ?? named) is not null).Select(p => (p.Number, (p.Rules ?? named)!)),
        ];
        if (known.Length == 0 && named is { } all)
            return new PreparedMasks(MasksOf(Made(cohort, options, all, place, stop)), all);
        if (known.Length == place.Parts.Count && known.Select(k => k.Rules).Distinct().ToArray() is [var only])
            return new PreparedMasks(MasksOf(Made(cohort, options, only, place, stop)), only);
        // Segmented once, under the thresholds that the folder has already.
        var whole = Made(cohort, options, MaskStore.RulesOf(place.Folder) ?? MaskRules.Published, place, stop);
        if (known.Length < place.Parts.Count)
            known = Fitted(place.Parts, whole);
        if (known.Length == 0)
            throw new ArgumentException(
                "calibrated thresholds are fitted to training images: name the parts",
                nameof(place)
            );
        var stores = known
            .Select(k => k.Rules)
            .Distinct()
            .ToDictionary(
                rules => rules,
                rules =>
                    MasksOf(
                        Made(cohort, options, rules, place with { Folder = FolderOf(place.Folder, rules) }, stop, whole)
                    )
            );
        return new PreparedMasks(known.Select(k => (k.Part, stores[k.Rules], k.Rules)));
    }

    /// <summary>The folders of masks within one that were judged by thresholds of single parts.</summary>
    internal static IEnumerable<string> FoldersIn(string folder) =>
        Directory.Exists(folder)
            ? Directory.EnumerateDirectories(folder, $"{FittedName}-*").Order(StringComparer.Ordinal)
            : [];

    private const string FittedName = "fitted";

    private static string FolderOf(string folder, MaskRules rules) =>
        Path.Combine(
            folder,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{FittedName}-low-{rules.Low}-high-{rules.High}-red-{rules.Red}-smooth-{rules.Smooth}"
            )
        );

    private static (int Part, MaskRules Rules)[] Fitted(IReadOnlyList<MaskPart> parts, MaskStore store) =>
        [
            .. parts.Select(p =>
                (p.Number, MaskCalibration.Fit([.. p.FittedOn.Select(row => store.Row(row.Image)!.Areas)]).Rules)
            ),
        ];

    private static PatchMasks MasksOf(MaskStore store) => new(row => store.MaskPath(row.Image), Fill);

    /// <summary>How a recipe's masks are segmented, but for device and stain.</summary>
    public static MaskOptions OptionsOf(InputOptions input) =>
        new()
        {
            Scale = input.MaskScale,
            Channels = input.MaskChannels,
            Labels = input.MaskChannels,
            MaxSteps = input.MaskSteps,
        };

    private static MaskRules? RulesOf(string name) =>
        name switch
        {
            "published" => MaskRules.Published,
            "calibrated" => null,
            _ => MaskRules.Read(name),
        };

    private static MaskStore Made(
        Cohort cohort,
        MaskOptions options,
        MaskRules rules,
        MaskPlace place,
        CancellationToken stop,
        MaskStore? segmented = null
    )
    {
        var store = MaskStore.Open(place.Folder, options, rules);
        var missing = store.Missing([.. cohort.Rows.Select(r => (r.Image, cohort.ImagePath(r)))], place.Progress.Note);
        using var together = FilesTogether.Begin();
        using var line = place.Progress.Begin(
            segmented is null ? "masks" : "masks judged anew",
            missing.Count,
            "images"
        );
        try
        {
            var made = new MasksBeside(new MaskMaker(options, rules), options).Make(
                missing,
                (name, path) => place.Stain?.Read(path, name) ?? PatchImage.ReadOne(path),
                (segmented ?? store).Segmentation,
                stop
            );
            foreach (var (done, (name, image, result)) in made.Index())
            {
                using (image)
                    store.Add(name, image, result);
                line.Report(done + 1);
            }
        }
        finally
        {
            store.Save();
        }
        return store;
    }

    private static (Image Image, Image Mask) Fill(Image image, Image mask, string name)
    {
        // The same filling whenever the image is read: its name is the seed.
        var seed = name.Aggregate(17L, (hash, letter) => hash * 31 + letter);
        return Filling.Fill(image, mask, new FillingOptions(), seed);
    }
}
