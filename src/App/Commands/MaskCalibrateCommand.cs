using System.CommandLine;
using Coverslip.App.Progress;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Learning.Masks;
using Coverslip.Slides.Formats;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip mask calibrate</c>: fits the thresholds to a cohort, without labels.</summary>
internal static class MaskCalibrateCommand
{
    private static readonly Option<string> CohortFile = new("--cohort")
    {
        Description = "The cohort.",
        Required = true,
    };
    private static readonly Option<string?> Out = new("--out")
    {
        Description = "The rules file; by default beside the cohort, as COHORT.mask-rules.json.",
    };

    private static readonly Option<int> Sample = new("--sample")
    {
        Description = "Images to look at, drawn patient by patient; 0 for all.",
        DefaultValueFactory = _ => 100,
    };

    private static readonly Option<string?> Segmentations = new("--segmentations")
    {
        Description = "A folder of masks: segmentations are taken from it where they fit, and added to it.",
    };

    internal static Command Create()
    {
        var command = new Command(
            "calibrate",
            """
            Fit the thresholds of 'mask' to a cohort, without labels. The exit code is 1 where fewer than 80 % of the images would
            keep some area.

            Examples:
              coverslip mask calibrate --recipe saganet-small --cohort colon/cohort.csv --segmentations colon/masks
              coverslip mask --recipe saganet-small --cohort colon/cohort.csv --rules colon/cohort.mask-rules.json --out colon/masks
            """
        )
        {
            CohortFile,
            Out,
            Sample,
            Segmentations,
        };
        MaskSettings.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var stain = MaskSettings.ReadStain(parsed);
        var options = MaskSettings.Read(parsed, stain);
        var path = parsed.GetRequiredValue(CohortFile);
        var cohort = FolderCohort.Load(path);
        var target = parsed.GetValue(Out) ?? Path.ChangeExtension(cohort.Path, null) + ".mask-rules.json";
        NamedOutput.Check(Out.Name, target, OutputKind.MaskRules);
        var rows = Draw(cohort, parsed.GetValue(Sample), options.Seed);
        var store = parsed.GetValue(Segmentations) is { } folder
            ? MaskStore.Open(folder, options, MaskRules.Published)
            : null;
        _ = store?.Missing([.. rows.Select(r => (r.Image, cohort.ImagePath(r)))], Console.WriteLine);
        var maker = new MaskMaker(options, MaskRules.Published);
        var published = new List<MaskResult>();
        using (var stop = new StopSignal())
        using (FilesTogether.Begin())
        using (var progress = new MaskProgress(rows.Count, () => store?.Save()))
        {
            foreach (
                var (name, made, result) in new MasksBeside(maker, options).Make(
                    [.. rows.Select(r => (r.Image, cohort.ImagePath(r)))],
                    (name, path) => stain?.Read(path, name) ?? PatchImage.ReadOne(path),
                    (name, width, height) => store?.Segmentation(name, width, height),
                    stop.Token
                )
            )
            {
                using var image = made;
                if (store is not null && !store.Has(name))
                    store.Add(name, image, result);
                published.Add(result);
                progress.Done(null);
            }
        }

        var fit = MaskCalibration.Fit([.. published.Select(r => r.Areas)]);
        var rules = fit.Rules with
        {
            Origin = new MaskRulesOrigin(
                Path.GetFileName(cohort.Path),
                cohort.Hash,
                rows.Count,
                options.Seed,
                Math.Round(fit.ShareWithArea, 4)
            ),
        };
        NamedOutput.Write(Out.Name, target, rules.ToJson() + "\n", OutputKind.MaskRules);
        Report("published", MaskRules.Published, published);
        Report("fitted", rules, [.. published.Select(r => Judged(r, rules))]);
        if (fit.Cuts != MaskRule.None)
            Console.WriteLine(
                $"cut between two sides: {fit.Cuts.ToString().ToLowerInvariant()}; the other limits bound outliers"
            );
        if (fit.Widened > 0)
            Console.WriteLine(
                $"cuts given up or limits widened in {fit.Widened} step(s), so that enough images keep some area"
            );
        Console.WriteLine($"rules: {target}");
        if (fit.ShareWithArea >= 0.8)
            return 0;
        Console.WriteLine(
            "fewer than 80 % of the images keep some area: masked results are not to be reported on this cohort"
        );
        return 1;
    }

    private static MaskResult Judged(MaskResult result, MaskRules rules) =>
        result with
        {
            Rules = rules,
            Areas = [.. result.Areas.Select(a => a with { Failed = rules.Judge(a.Brightness, a.Redness, a.Texture) })],
        };

    private static void Report(string name, MaskRules rules, IReadOnlyList<MaskResult> results)
    {
        Console.WriteLine(
            FormattableString.Invariant(
                $"{name}: low {rules.Low:F1}, high {rules.High:F1}, red {rules.Red:F1}, smooth {rules.Smooth:F1}"
            )
        );
        var kept = MaskCommand.Share(results.Count(r => !r.Empty), results.Count);
        var valid = results.Average(r => r.ShareValid);
        Console.WriteLine(
            FormattableString.Invariant($"  {kept} of images keep some area, {valid:P1} of the area is valid")
        );
        Console.WriteLine($"  removed first by: {MaskCommand.RemovedShares(results)}");
        Console.WriteLine($"  removed by, alone or with others: {MaskCommand.RemovedShares(results, first: false)}");
    }

    /// <summary>
    /// One image of every patient in turn, so that a patient with many images does not set the thresholds.
    /// </summary>
    private static List<CohortRow> Draw(Cohort cohort, int count, long seed)
    {
        if (count < 0)
            throw new ArgumentException($"--sample is {count}; it is at least 1, or 0 for all images");
        if (count == 0 || count >= cohort.Rows.Count)
            return [.. cohort.Rows];
        var random = new SeededRandom(seed);
        var patients = cohort
            .Rows.GroupBy(r => r.Patient)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g =>
            {
                var images = g.ToArray();
                random.Shuffle(images.AsSpan());
                return images;
            })
            .ToArray();
        random.Shuffle(patients.AsSpan());
        return
        [
            .. Enumerable
                .Range(0, patients.Max(p => p.Length))
                .SelectMany(i => patients.Where(p => i < p.Length).Select(p => p[i]))
                .Take(count),
        ];
    }
}
