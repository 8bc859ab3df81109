using System.CommandLine;
using System.Globalization;
using Coverslip.App.Progress;
using Coverslip.Files;
using Coverslip.Learning.Masks;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Images;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip mask</c>: masks without labels, and thresholds fitted to a cohort.</summary>
internal static class MaskCommand
{
    private static readonly Argument<string[]> Images = new("image")
    {
        Description = "Images.",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private static readonly Option<string?> CohortFile = new("--cohort")
    {
        Description = "All images of a cohort instead.",
    };
    private static readonly Option<string> Out = new("--out")
    {
        Description = "Folder for masks, overlays and masks.csv.",
        Required = true,
    };
    private static readonly Option<string?> Rules = new("--rules")
    {
        Description = "Thresholds from 'mask calibrate'; without them the published ones apply.",
    };

    private static readonly Option<bool> Timing = new("--timing") { Hidden = true };
    private static readonly Option<bool> Force = new("--force")
    {
        Description = "Make masks anew that are there already.",
    };

    public static Command Create()
    {
        var command = new Command(
            "mask",
            """
            Make masks of valid tissue without labels, with overlays to look at. Masks that are there and still fit are kept.
            'train --masks' takes them where they were segmented as its recipe says (--recipe).

            Examples:
              coverslip mask a.png b.png --out masks
              coverslip mask --recipe saganet-small --cohort colon/cohort.csv --out colon/masks
              coverslip mask --recipe saganet-small --cohort colon/cohort.csv --rules colon/cohort.mask-rules.json --out colon/masks
              coverslip train saganet-small --cohort colon/cohort.csv --masks colon/masks --out runs/colon
            """
        )
        {
            Images,
            CohortFile,
            Out,
            Rules,
            Force,
            Timing,
        };
        MaskSettings.AddTo(command);
        command.SetAction(Run);
        command.Subcommands.Add(MaskCalibrateCommand.Create());
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var stain = MaskSettings.ReadStain(parsed);
        var options = MaskSettings.Read(parsed, stain);
        var rules = parsed.GetValue(Rules) is { } file ? MaskRules.Read(file) : MaskRules.Published;
        var folder = parsed.GetRequiredValue(Out);
        using var claim = FolderClaim.Take(folder, "mask");
        var work = ImagesOf(parsed.GetValue(Images) ?? [], parsed.GetValue(CohortFile));
        var store = MaskStore.Open(folder, options, rules, parsed.GetValue(Force));
        var missing = store.Missing(work, Console.WriteLine); // it knows its own files, whichever version made them
        UserFiles.GuardBeside(folder, work.Select(w => w.Path));
        foreach (var (name, _) in work)
            UserFiles.Check(store.MaskPath(name));
        var maker = new MaskMaker(options, rules);
        var results = new List<MaskResult>();
        var timings = new List<string>();
        using (var stop = new StopSignal())
        using (FilesTogether.Begin())
        using (var progress = new MaskProgress(missing.Count, store.Save))
        {
            foreach (
                var (name, made, result) in new MasksBeside(maker, options).Make(
                    missing,
                    (name, path) => stain?.Read(path, name) ?? PatchImage.ReadOne(path),
                    store.Segmentation,
                    stop.Token
                )
            )
            {
                using var image = made;
                store.Add(name, image, result);
                results.Add(result);
                if (parsed.GetValue(Timing))
                    timings.Add(TimingLine(image, options, result));
                progress.Done(result.Empty ? $"{name}: nothing valid: {result.Reason}" : null);
            }
        }
        Summarize(store, work.Select(w => w.Name), results);
        timings.ForEach(Console.WriteLine);
        return 0;
    }

    /// <summary>The images to work on: the name under which a mask is stored, and the file.</summary>
    internal static List<(string Name, string Path)> ImagesOf(string[] images, string? cohort)
    {
        if (cohort is null == (images.Length == 0))
            throw new ArgumentException("name images, or a cohort with --cohort, not both");
        if (cohort is null)
            return [.. images.Select(i => (i, i))];
        var loaded = FolderCohort.Load(cohort);
        return [.. loaded.Rows.Select(r => (r.Image, loaded.ImagePath(r)))];
    }

    private static void Summarize(MaskStore store, IEnumerable<string> names, List<MaskResult> made)
    {
        var rows = names.Select(store.Row).OfType<MaskRow>().ToList();
        var kept = rows.Count(r => r.ShareValid > 0);
        var (valid, share) = (rows.Average(r => r.ShareValid), Share(kept, rows.Count));
        Write($"{kept} of {rows.Count} images keep some area ({share}); {valid:P1} of the area is valid");
        if (made.Count > 0)
            Write($"removed first by: {RemovedShares(made)}");
        if (kept < 0.8 * rows.Count)
        {
            Write(
                "fewer than 80 % of the images keep some area: before masked results are reported, "
                    + "fit the rules with 'coverslip mask calibrate --cohort C'"
            );
        }
    }

    // One JSON line per image, as bench/masks/kanezaki.py prints it.
    private static string TimingLine(Image image, MaskOptions options, MaskResult result)
    {
        var found = result.Segmentation;
        var mode = options.Mode.ToString().ToLowerInvariant();
        var side = FormattableString.Invariant($"{image.Width}x{image.Height}");
        var (seconds, perStep) = (result.Elapsed.TotalSeconds, found.StepTime.TotalSeconds / found.Steps);
        return FormattableString.Invariant($"{{\"side\": \"{side}\", \"what\": \"coverslip {mode}\", ")
            + FormattableString.Invariant($"\"seed\": {options.Seed}, \"labels\": {found.Count}, ")
            + FormattableString.Invariant(
                $"\"steps\": {found.Steps}, \"seconds\": {seconds:F3}, \"seconds_per_step\": {perStep:F4}}}"
            );
    }

    /// <summary>The share of the area that each rule removes, first or at all, as a mean over images.</summary>
    internal static string RemovedShares(IReadOnlyList<MaskResult> results, bool first = true)
    {
        double ShareOf(MaskResult result, MaskRule rule) =>
            result.Areas.Where(a => (first ? a.RemovedBy : a.Failed).HasFlag(rule)).Sum(a => a.Share);
        MaskRule[] rules = [MaskRule.Dark, MaskRule.Blank, MaskRule.Red, MaskRule.Smooth];
        return string.Join(
            ", ",
            rules.Select(rule =>
                FormattableString.Invariant(
                    $"{rule.ToString().ToLowerInvariant()} {results.Average(r => ShareOf(r, rule)):P1}"
                )
            )
        );
    }

    internal static string Share(int part, int all) =>
        FormattableString.Invariant($"{(all == 0 ? 0 : (double)part / all):P1}");

    private static void Write(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static void Write(string text) => Console.WriteLine(text);
}
