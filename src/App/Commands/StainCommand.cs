using System.CommandLine;
using Coverslip.Evaluation;
using Coverslip.Slides.Images;
using Coverslip.Slides.Stain;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip stain</c>: gives images the stain of a reference.</summary>
public static class StainCommand
{
    public static Command Create()
    {
        var command = new Command(
            "stain",
            """
            Give H&E images the stain of a reference image.

            Examples:
              coverslip stain fit reference.png --method vahadane --out stain.json
              coverslip stain apply stain.json a.png b.png --out normalised
              coverslip stain apply stain.json --cohort colon/cohort.csv --out colon-normalised
            """
        );
        command.Subcommands.Add(CreateFit());
        command.Subcommands.Add(StainApplyCommand.Create());
        return command;
    }

    private static Command CreateFit()
    {
        var reference = new Argument<string>("reference") { Description = "The image whose stain others shall get." };
        var method = new Option<string>("--method")
        {
            Description =
                "macenko or vahadane: two stains, haematoxylin and eosin. " + "reinhard: mean and deviation of colour.",
            Required = true,
        };
        method.AcceptOnlyFromAmong("macenko", "vahadane", "reinhard");
        var output = new Option<string>("--out")
        {
            Description = "The stain file to write, such as stain.json.",
            Required = true,
        };
        var balance = new Option<bool>("--balance-glass")
        {
            Description =
                "Make glass white first, here and in every image: for cameras that show it grey or tinted. Images without "
                + "glass stay as they are.",
        };
        var command = new Command(
            "fit",
            """
            Measure the stain of a reference image.

            Example:
              coverslip stain fit reference.png --method vahadane --out stain.json
              coverslip stain fit reference.png --method vahadane --balance-glass --out stain.json
            """
        )
        {
            reference,
            method,
            balance,
            output,
        };
        command.SetAction(parsed =>
        {
            var (from, to) = (parsed.GetRequiredValue(reference), parsed.GetRequiredValue(output));
            var chosen = Enum.Parse<StainMethod>(parsed.GetRequiredValue(method), ignoreCase: true);
            var normaliser = Fit(chosen, from, parsed.GetValue(balance));
            WholeFile.Write(to, StainFile.ToJson(normaliser) + "\n");
            Console.WriteLine(Describe(normaliser));
            Console.WriteLine($"wrote {to}");
            return 0;
        });
        return command;
    }

    private static IStainNormaliser Fit(StainMethod method, string path, bool balance)
    {
        using var image = ImageFile.Read(path);
        try
        {
            return balance ? GlassBalanced.Fit(method, image) : StainNormaliser.Fit(method, image);
        }
        catch (StainException error)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }

    private static string Describe(IStainNormaliser normaliser) =>
        normaliser switch
        {
            GlassBalanced { Inner: var inner } => Describe(inner) + "\nglass is made white first",
            SeparationNormaliser { Stains: var stains, Strength: var strength } => FormattableString.Invariant(
                $"haematoxylin {stains.Haematoxylin} strength {strength.Haematoxylin:F3}\n"
            )
                + FormattableString.Invariant($"eosin        {stains.Eosin} strength {strength.Eosin:F3}\n")
                + FormattableString.Invariant($"{stains.DegreesApart:F1}° apart"),
            ReinhardNormaliser { Target: var target } => FormattableString.Invariant(
                $"L* {target.Mean[0]:F1} ± {target.Deviation[0]:F1}, a* {target.Mean[1]:F1} ± {target.Deviation[1]:F1}, "
            ) + FormattableString.Invariant($"b* {target.Mean[2]:F1} ± {target.Deviation[2]:F1}"),
            _ => normaliser.Method.ToString(),
        };
}
