using System.CommandLine;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip split</c>: divides the patients of a cohort into train, validation and test.</summary>
public static class SplitCommand
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
        var command = new Command(
            "split",
            """
            Divide the patients of a cohort into train, validation and test; no patient stands on two sides.

            Examples:
              coverslip split --cohort cohort.csv --repeats 20 --test-images 45-55 --seed 1 --out split.json
              coverslip split --cohort cohort.csv --kind kfold --folds 5 --seed 1 --out folds.json
              coverslip split --cohort cohort.csv --kind breakhis --seed 1 --out split.json
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
            Seed,
            Output,
        };
        command.Validators.Add(parsed =>
        {
            var kind = parsed.Text(Kind) ?? "random";
            Option[] foreign = kind switch
            {
                "random" => [Folds, ValidationShare],
                "kfold" => [Repeats, TestImages, ValidationImages, AllowMissingClass],
                _ => [Repeats, Folds, TestImages, ValidationImages, AllowMissingClass],
            };
            foreach (var option in foreign)
                if (parsed.Has(option))
                    parsed.AddError($"{option.Name} does not go with --kind {kind}.");
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
        var cohort = Cohort.Load(parsed.GetValue(CohortFile)!);
        foreach (var warning in cohort.Warnings)
            Console.WriteLine($"warning: {warning}");
        var kind = Enum.Parse<SplitKind>(parsed.GetValue(Kind)!, ignoreCase: true);
        var seed = parsed.GetValue(Seed);
        var share = parsed.GetValue(ValidationShare) ?? 0.2;
        var parts = kind switch
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
        var split = new Split(kind, cohort.Hash, seed, parts);
        var path = parsed.GetValue(Output)!;
        split.Check(cohort, path);
        split.Save(path);
        Print(cohort, split);
        Console.WriteLine($"wrote {path}");
        return 0;
    }

    private static ImageBounds? Bounds(string? text) =>
        text is not null && ImageBounds.TryParse(text, out var bounds) ? bounds : null;

    private static void Print(Cohort cohort, Split split)
    {
        Console.WriteLine($"images (patients) per side; classes {string.Join(" + ", cohort.Classes)}");
        var lacking = new List<string>();
        foreach (var (index, part) in split.Parts.Index())
        {
            var sides = Enum.GetValues<SplitSide>()
                .Select(side =>
                {
                    var images = part.ImagesPerClass(cohort.PatientImages, side);
                    if (part[side].Count > 0 && Array.IndexOf(images, 0) is >= 0 and var c)
                        lacking.Add(
                            $"part {index + 1}: {side.ToString().ToLowerInvariant()} has no {cohort.Classes[c]}"
                        );
                    return $"{side.ToString().ToLowerInvariant()} {string.Join("+", images)} ({part[side].Count})";
                });
            Console.WriteLine($"{index + 1, 3}  {string.Join("   ", sides)}");
        }
        foreach (var line in lacking)
            Console.WriteLine($"warning: {line}");
    }
}
