using System.CommandLine;
using Coverslip.Slides.Images;
using Coverslip.Slides.Stain;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip stain</c>: gives images the stain of a reference.</summary>
internal static class StainCommand
{
    public static Command Create()
    {
        var command = new Command(
            "stain",
            """
            Give H&E images the stain of a reference image.

            Examples:
              coverslip stain fit reference.png --method vahadane --out stain.json
              coverslip stain apply stain.json a.png b.png --out normalized
              coverslip stain apply stain.json --cohort colon/cohort.csv --out colon-normalized
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
                "macenko or vahadane: two stains, haematoxylin and eosin. " + "reinhard: mean and deviation of color.",
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
                "Make glass white first, here and in every image: for cameras that show it gray or tinted. Images without "
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
            NamedOutput.Check(output.Name, to, OutputKind.Stain);
            var normalizer = Fit(chosen, from, parsed.GetValue(balance));
            NamedOutput.Write(output.Name, to, StainFile.ToJson(normalizer) + "\n", OutputKind.Stain);
            Console.WriteLine(Describe(normalizer));
            Console.WriteLine($"wrote {to}");
            return 0;
        });
        return command;
    }

    private static IStainNormalizer Fit(StainMethod method, string path, bool balance)
    {
        using var image = ImageFile.Read(path);
        if (PurePixels.ShareOf(image) is var pure and > 0)
            Console.WriteLine($"{path}: {pure:0.00 %} of the pixels are pure black or white, and are left out");
        try
        {
            return balance ? GlassBalanced.Fit(method, image) : StainNormalizer.Fit(method, image);
        }
        catch (StainException error)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }

    private static string Describe(IStainNormalizer normalizer) =>
        normalizer switch
        {
            GlassBalanced { Inner: var inner } => Describe(inner) + "\nglass is made white first",
            SeparationNormalizer { Stains: var stains, Strength: var strength } => FormattableString.Invariant(
                $"haematoxylin {stains.Haematoxylin} strength {strength.Haematoxylin:F3}\n"
            )
                + FormattableString.Invariant($"eosin        {stains.Eosin} strength {strength.Eosin:F3}\n")
                + FormattableString.Invariant($"{stains.DegreesApart:F1}° apart"),
            ReinhardNormalizer { Target: var target } => FormattableString.Invariant(
                $"L* {target.Mean[0]:F1} ± {target.Deviation[0]:F1}, a* {target.Mean[1]:F1} ± {target.Deviation[1]:F1}, "
            ) + FormattableString.Invariant($"b* {target.Mean[2]:F1} ± {target.Deviation[2]:F1}"),
            _ => normalizer.Method.ToString(),
        };
}
