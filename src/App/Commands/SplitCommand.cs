using System.CommandLine;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Reports;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip split</c>: divides the patients of a cohort into train, validation and test.</summary>
internal static class SplitCommand
{
    private static readonly Option<string> CohortFile = new("--cohort")
    {
        Description = "The cohort file.",
        Required = true,
    };

    private static readonly Option<string> Kind = new("--kind")
    {
        Description =
            "random: drawn again and again, test sizes within bounds. kfold: every patient tested once. "
            + "breakhis: five draws of 70 % of the patients to train and 30 % to test.",
        DefaultValueFactory = _ => "random",
    };

    private static readonly Option<int?> Repeats = new("--repeats")
    {
        Description = "random: how many splits. [default: 20]",
    };

    private static readonly Option<int?> Folds = new("--folds") { Description = "kfold: how many folds. [default: 5]" };

    private static readonly Option<string?> TestImages = new("--test-images")
    {
        Description = "random: images in test, such as 45-55. [default: 15 to 25 % of the images]",
    };

    private static readonly Option<string?> ValidationImages = new("--validation-images")
    {
        Description = "random: images in validation, 0 for none. [default: 10 to 20 % of the images]",
    };

    private static readonly Option<double?> ValidationShare = new("--validation-share")
    {
        Description =
            "kfold, breakhis: share of the training images whose patients validate, 0 for none. [default: 0.2]",
    };

    private static readonly Option<bool> AllowMissingClass = new("--allow-missing-class")
    {
        Description = "random: train and test may lack a class.",
    };

    private static readonly Option<string[]> BreakHisFiles = new("--breakhis-folds")
    {
        Description =
            "breakhis: the fold files as distributed (dsfold1.txt …), a part for each, instead of five draws.",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<string?> Shared = new("--shared")
    {
        Description =
            "With --breakhis-folds: train or test, where a patient goes whole who stands on both sides of a fold file. "
            + "[default: such a file is refused]",
    };

    private static readonly Option<bool> ImageWise = new("--image-wise")
    {
        Description =
            "Divide images and not patients, as many on each side as without: a leaky split, made to show by how much "
            + "it flatters, and labeled so wherever its figures are shown.",
    };

    private static readonly Option<long> Seed = new("--seed")
    {
        Description = "The seed; the same seed gives the same split.",
        Required = true,
    };

    private static readonly Option<string> Output = new("--out")
    {
        Description = "The split file to write.",
        Required = true,
    };

    public static Command Create()
    {
        Kind.AcceptOnlyFromAmong("random", "kfold", "breakhis");
        Shared.AcceptOnlyFromAmong("train", "test");
        var command = new Command(
            "split",
            """
            Divide the patients of a cohort into train, validation and test; no patient stands on two sides, unless
            --image-wise asks for it.

            Examples:
              coverslip split --cohort cohort.csv --repeats 20 --test-images 45-55 --seed 1 --out split.json
              coverslip split --cohort cohort.csv --kind kfold --folds 5 --seed 1 --out folds.json
              coverslip split --cohort cohort.csv --kind breakhis --seed 1 --out split.json
              coverslip split --cohort cohort.csv --breakhis-folds dsfold*.txt --seed 1 --out split.json
              coverslip split --cohort cohort.csv --kind kfold --image-wise --seed 1 --out leaky.json
            """
        )
        {
            CohortFile,
            Kind,
            Repeats,
            Folds,
            TestImages,
            ValidationImages,
            ValidationShare,
            AllowMissingClass,
            BreakHisFiles,
            Shared,
            ImageWise,
            Seed,
            Output,
        };
        command.Validators.Add(parsed =>
        {
            var kind = parsed.Text(Kind) ?? (parsed.Has(BreakHisFiles) ? "breakhis" : "random");
            Option[] foreign = kind switch
            {
                "random" => [Folds, ValidationShare, BreakHisFiles],
                "kfold" => [Repeats, TestImages, ValidationImages, AllowMissingClass, BreakHisFiles],
                _ => [Repeats, Folds, TestImages, ValidationImages, AllowMissingClass],
            };
            foreach (var option in foreign)
                if (parsed.Has(option))
                    parsed.AddError($"{option.Name} does not go with --kind {kind}.");
            if (parsed.Has(Shared) && !parsed.Has(BreakHisFiles))
                parsed.AddError("--shared goes with --breakhis-folds.");
            foreach (var option in new[] { TestImages, ValidationImages })
            {
                if (parsed.Text(option) is { } text && !ImageBounds.TryParse(text, out _))
                    parsed.AddError($"{option.Name} is '{text}'; write a number or two with a hyphen, as in 45-55.");
            }
        });
        command.SetAction(parsed => Run(parsed));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var cohort = FolderCohort.Load(parsed.GetValue(CohortFile)!);
        foreach (var warning in cohort.Warnings)
            Console.WriteLine($"warning: {warning}");
        var files = parsed.GetValue(BreakHisFiles) ?? [];
        var kind = files.Length > 0 ? SplitKind.BreakHis : Enum.Parse<SplitKind>(parsed.GetValue(Kind)!, true);
        var seed = parsed.GetValue(Seed);
        var parts = files.Length > 0 ? FromFiles(files, cohort, parsed) : Draw(kind, cohort, parsed);
        var split = new Split(kind, cohort.Hash, seed, parts);
        if (parsed.GetValue(ImageWise))
            split = ImageWiseSplits.Of(split, cohort);
        var path = parsed.GetValue(Output)!;
        split.Check(cohort, path);
        NamedOutput.Write(Output.Name, path, split.ToJson(), OutputKind.Split);
        Print(cohort, split);
        if (split.ImageWise)
            Console.WriteLine($"warning: {Split.InflatedNote}");
        Console.WriteLine($"wrote {path}");
        return 0;
    }

    private static IReadOnlyList<SplitPart> Draw(SplitKind kind, Cohort cohort, ParseResult parsed)
    {
        var (seed, share) = (parsed.GetValue(Seed), parsed.GetValue(ValidationShare) ?? 0.2);
        return kind switch
        {
            SplitKind.Random => RandomSplits.Draw(
                cohort.PatientImages,
                new RandomSplitOptions
                {
                    TestImages =
                        Bounds(parsed.GetValue(TestImages)) ?? ImageBounds.Share(0.15, 0.25, cohort.Rows.Count),
                    ValidationImages =
                        Bounds(parsed.GetValue(ValidationImages)) ?? ImageBounds.Share(0.10, 0.20, cohort.Rows.Count),
                    Repeats = parsed.GetValue(Repeats) ?? 20,
                    AllowMissingClass = parsed.GetValue(AllowMissingClass),
                    Seed = seed,
                }
            ),
            SplitKind.KFold => KFoldSplits.Draw(cohort.PatientImages, parsed.GetValue(Folds) ?? 5, share, seed),
            _ => BreakHisSplits.Draw(cohort.PatientImages, share, seed),
        };
    }

    private static SplitPart[] FromFiles(string[] files, Cohort cohort, ParseResult parsed)
    {
        var folds = BreakHisFolds.Read(
            files,
            cohort,
            new BreakHisFoldOptions
            {
                ValidationShare = parsed.GetValue(ValidationShare) ?? 0.2,
                Seed = parsed.GetValue(Seed),
                Shared = parsed.GetValue(Shared) is { } side ? Enum.Parse<SplitSide>(side, true) : null,
            }
        );
        foreach (var fold in folds)
        {
            Console.WriteLine($"{fold.File}: {cohort.Rows.Count} of {fold.Lines} images are in the cohort");
            if (fold.Moved.Count > 0)
                Console.WriteLine(
                    $"warning: {fold.File}: on both sides, now whole in {parsed.GetValue(Shared)}: "
                        + string.Join(", ", fold.Moved)
                );
        }
        return [.. folds.Select(fold => fold.Part)];
    }

    private static ImageBounds? Bounds(string? text) =>
        text is not null && ImageBounds.TryParse(text, out var bounds) ? bounds : null;

    private static void Print(Cohort cohort, Split split)
    {
        Console.WriteLine($"images (patients) per side; classes {string.Join(" + ", cohort.Classes)}");
        var sides = Enum.GetValues<SplitSide>();
        var names = sides.Select(side => side.ToString().ToLowerInvariant()).ToArray();
        var lacking = new List<string>();
        string Cell(int index, SplitSide side)
        {
            var part = split.Parts[index];
            var rows = part.Rows(cohort, side);
            int[] images = [.. cohort.Classes.Select(name => rows.Count(row => row.Shows(name)))];
            if (part[side].Count > 0 && Array.IndexOf(images, 0) is >= 0 and var c)
                lacking.Add($"part {index + 1}: {names[(int)side]} has no {cohort.Classes[c]}");
            return $"{string.Join("+", images)} ({rows.DistinctBy(row => row.Patient).Count()})";
        }
        string[] shared = split.ImageWise ? ["patients on several sides"] : [];
        ConsoleTable.Write(
            Table.OfLines(
                [
                    ["part", .. names, .. shared],
                    .. split.Parts.Select(
                        (part, index) =>
                            (IReadOnlyList<string>)
                                [
                                    $"{index + 1}",
                                    .. sides.Select(side => Cell(index, side)),
                                    .. shared.Select(_ => $"{part.SharedPatients(cohort).Count}"),
                                ]
                    ),
                ],
                text: 0
            )
        );
        foreach (var line in lacking)
            Console.WriteLine($"warning: {line}");
    }
}
