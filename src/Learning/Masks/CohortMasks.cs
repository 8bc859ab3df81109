using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Progress;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Images;
using Coverslip.Torch;

namespace Coverslip.Learning.Masks;

/// <summary>Where a cohort's masks lie and by which thresholds areas count.</summary>
/// <param name="Folder">Folder of masks, as <c>coverslip mask</c> writes it.</param>
/// <param name="Rules">Thresholds; null: as the recipe says.</param>
/// <param name="Device">Where the segmentation runs.</param>
public sealed record MaskPlace(string Folder, MaskRules? Rules, Device Device)
{
    /// <summary>The stain that images are brought to before masks are made of them; null (default) for none.</summary>
    public InputStain? Stain { get; init; }

    /// <summary>Told how many are made; nobody by default.</summary>
    public IWorkProgress Progress { get; init; } = SilentProgress.Instance;
}

/// <summary>The masks of a cohort: made where they are missing, found where they are not.</summary>
public static class CohortMasks
{
    /// <summary>Masks of a cohort, and the thresholds they were judged by; null for raw input.</summary>
    /// <exception cref="InvalidDataException">A row without a mask where the cohort has to bring them.</exception>
    public static (PatchMasks? Masks, MaskRules? Rules) Prepare(
        InputOptions input,
        Cohort cohort,
        MaskPlace place,
        CancellationToken stop
    )
    {
        if (input.Form == InputForm.Raw)
            return (null, null);
        if (input.Masks is MaskSource.Column or MaskSource.Turned)
        {
            if (cohort.Rows.FirstOrDefault(r => r.Mask is null) is { } bare)
                throw new InvalidDataException(
                    $"{cohort.Path}: input.masks is {(input.Masks == MaskSource.Column ? "column" : "turned")}, but row {bare.Number} ({bare.Image}) names no mask; fill the column mask (to predict, of a cohort file that --cohort names), or train with input.masks: computed"
                );
            foreach (var shared in CohortMask.Shared(cohort))
                place.Progress.Note($"{cohort.Path}: {shared}");
            return (
                new PatchMasks(
                    input.Masks == MaskSource.Column ? cohort.MaskPath : TurnedMasks.Write(cohort, place.Folder),
                    Fill
                ),
                null
            );
        }
        var options = OptionsOf(input) with { Device = place.Device, Stain = place.Stain?.Key };
        var rules = place.Rules ?? RulesOf(input.MaskRules);
        var store = Made(cohort, options, rules ?? MaskRules.Published, place, stop);
        if (rules is null)
        {
            rules = MaskCalibration.Fit([.. cohort.Rows.Select(r => store.Row(r.Image)!.Areas)]).Rules;
            store = Made(cohort, options, rules, place, stop); // judged anew; the segmentations stay
        }
        return (new PatchMasks(row => store.MaskPath(row.Image), Fill), rules);
    }

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
        CancellationToken stop
    )
    {
        var store = MaskStore.Open(place.Folder, options, rules);
        var maker = new MaskMaker(options, rules);
        var missing = store.Missing([.. cohort.Rows.Select(r => (r.Image, cohort.ImagePath(r)))], place.Progress.Note);
        using var together = FilesTogether.Begin();
        using var line = place.Progress.Begin("masks", missing.Count, "images");
        try
        {
            foreach (var (done, (name, path)) in missing.Index())
            {
                stop.ThrowIfCancellationRequested();
                using var image = place.Stain?.Read(path, name) ?? PatchImage.ReadOne(path);
                using var threads = new MaskThreads(image, options);
                store.Add(
                    name,
                    image,
                    store.Segmentation(name, image.Width, image.Height) is { } before
                        ? maker.Judge(image, before)
                        : maker.Make(image)
                );
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
