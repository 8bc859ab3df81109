using System.CommandLine;
using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Masks;
using Coverslip.Learning.Recipes;
using Coverslip.Methods;
using Coverslip.Torch;

namespace Coverslip.App.Commands;

/// <summary>The options of a segmentation, the same for <c>mask</c> and <c>mask calibrate</c>.</summary>
internal static class MaskSettings
{
    private static readonly MaskOptions Default = new();
    private static readonly Option<string> Recipe = new("--recipe")
    {
        Description =
            "Segment as this recipe says (mask_scale, mask_channels, mask_steps), so that 'train' with it takes the masks; "
            + "what other options say goes first. As published: saganet.",
        DefaultValueFactory = _ => "saganet-small",
    };
    private static readonly Option<double?> Scale = new("--scale")
    {
        Description = "Segment the image shrunk by this factor, above 0 to 1. [default: the recipe's]",
    };

    private static readonly Option<int> Labels = new("--labels")
    {
        Description = "Segment until so many labels are left.",
        DefaultValueFactory = _ => Default.MinimumLabels,
    };

    private static readonly Option<int?> StartLabels = new("--start-labels")
    {
        Description = "Labels at the start. [default: the recipe's]",
    };

    private static readonly Option<int?> Channels = new("--channels")
    {
        Description = "Channels of the hidden layers. [default: the recipe's]",
    };

    private static readonly Option<int?> Steps = new("--steps")
    {
        Description = "Stop after so many steps. [default: the recipe's]",
    };

    private static readonly Option<long> Seed = new("--seed")
    {
        Description = "Seed of the network's weights.",
        DefaultValueFactory = _ => Default.Seed,
    };

    private static readonly Option<string> Mode = new("--mode")
    {
        Description = "fast, or plain for comparison.",
        DefaultValueFactory = _ => "fast",
    };

    private static readonly Option<string> Network = new("--network")
    {
        Description = "saganet, or kanezaki for comparison.",
        DefaultValueFactory = _ => "saganet",
    };

    private static readonly Option<string?> StainFile = new("--stain")
    {
        Description = "Bring images to the stain of a file of 'stain fit' first.",
    };

    private static readonly Option<string> StainRefused = new("--stain-refused")
    {
        Description = "An image whose stain cannot be measured is an error, or is kept as it is: error or keep.",
        DefaultValueFactory = _ => "error",
    };

    internal static void AddTo(Command command)
    {
        StainRefused.AcceptOnlyFromAmong("error", "keep");
        command.Options.Add(Recipe);
        command.Options.Add(StainFile);
        command.Options.Add(StainRefused);
        Network.AcceptOnlyFromAmong("saganet", "kanezaki");
        Mode.AcceptOnlyFromAmong("fast", "plain");
        foreach (
            var option in (Option[])
                [Scale, Labels, StartLabels, Channels, Steps, Seed, Mode, DeviceOption.Device, Network]
        )
            command.Options.Add(option);
    }

    /// <summary>The stain that images are brought to first; null for none.</summary>
    internal static InputStain? ReadStain(ParseResult parsed) =>
        parsed.GetValue(StainFile) is { } file
            ? InputStain.Parse(
                TextFile.Read(file),
                file,
                Enum.Parse<RefusedStain>(parsed.GetValue(StainRefused)!, ignoreCase: true)
            )
            : null;

    internal static MaskOptions Read(ParseResult parsed, InputStain? stain)
    {
        bool Has(Option option) => parsed.GetResult(option) is { Implicit: false };
        var kanezaki = parsed.GetValue(Network) == "kanezaki";
        // Where all that a recipe says is given, or another network is, no recipe is asked that nobody named.
        var asked = Has(Recipe) || !(kanezaki || (Has(Scale) && Has(Channels) && Has(Steps)));
        var told = asked ? OfRecipe(parsed.GetValue(Recipe)!) : Default;
        var options = (kanezaki ? MaskOptions.Kanezaki : Default) with
        {
            Scale = parsed.GetValue(Scale) ?? told.Scale,
            MinimumLabels = parsed.GetValue(Labels),
            Labels = parsed.GetValue(StartLabels) ?? told.Labels,
            Channels = parsed.GetValue(Channels) ?? told.Channels,
            MaxSteps = parsed.GetValue(Steps) ?? told.MaxSteps,
            Seed = parsed.GetValue(Seed),
            Mode = parsed.GetValue(Mode) == "plain" ? MaskMode.Plain : MaskMode.Fast,
            Device = Device.Parse(parsed.GetValue(DeviceOption.Device)!),
            Stain = stain?.Key,
        };
        options.Check();
        return options;
    }

    private static MaskOptions OfRecipe(string given)
    {
        var path = RecipeFolder.Find(given);
        var recipe = Known.Methods.Parse(YamlText.OfFile(path, []), Path.GetFileName(path), Console.Error.WriteLine);
        return recipe.Input is { Form: not InputForm.Raw, Masks: MaskSource.Computed } input
            ? CohortMasks.OptionsOf(input)
            : throw new ArgumentException(
                $"--recipe is {path}, which computes no masks (input.form is {$"{recipe.Input.Form}".ToLowerInvariant()}, input.masks {$"{recipe.Input.Masks}".ToLowerInvariant()}); name a recipe whose masks are computed"
            );
    }
}
