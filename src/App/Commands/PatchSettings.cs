using System.CommandLine;
using Coverslip.Slides.Patches;

namespace Coverslip.App.Commands;

/// <summary>The options of <c>coverslip patches</c> that say which patches are taken.</summary>
internal static class PatchSettings
{
    internal static readonly Option<PatchRule> Rule = new("--rule")
    {
        Description =
            "Labels: liu (tumor if the center 128 × 128 holds a tumor pixel, else normal), takahama (tumor from "
            + "20 %, normal from 80 % annotated as normal).",
        DefaultValueFactory = _ => PatchRule.None,
    };

    private static readonly PatchOptions Defaults = new();

    private static readonly Option<double> Mpp = new("--mpp")
    {
        Description = "Microns per pixel of the patches.",
        DefaultValueFactory = _ => Defaults.Mpp,
    };

    private static readonly Option<int> Side = new("--side")
    {
        Description = "Pixels to a side of a patch, 8 to 32768.",
        DefaultValueFactory = _ => Defaults.Side,
    };

    private static readonly Option<bool> Grid = new("--grid") { Description = "Patches on a grid; the default." };

    private static readonly Option<int?> Random = new("--random")
    {
        Description = "So many patches of each slide at random instead of a grid.",
    };

    private static readonly Option<int> Seed = new("--seed")
    {
        Description = "The same seed draws the same patches.",
        DefaultValueFactory = _ => 0,
    };

    private static readonly Option<double> Overlap = new("--overlap")
    {
        Description = "Part of a patch that the next one of the grid covers again, 0 to 0.95.",
        DefaultValueFactory = _ => 0,
    };

    private static readonly Option<PatchBorder> Border = new("--border")
    {
        Description = "Patches beyond the border: left out (inside), moved back (shift), or kept with white (pad).",
        DefaultValueFactory = _ => PatchBorder.Inside,
    };

    private static readonly Option<double?> MinTissue = new("--min-tissue")
    {
        Description = "Least part that is tissue, 0 to 1; 0 asks for none. [default: takahama 0.8, others 0.1]",
    };

    private static readonly Option<bool> KeepUnlabeled = new("--keep-unlabeled", "--keep-unlabelled")
    {
        Description = "Keep patches that the rule gives no label.",
    };

    internal static void AddTo(Command command)
    {
        Option[] all = [Rule, Mpp, Side, Grid, Random, Seed, Overlap, Border, MinTissue, KeepUnlabeled];
        foreach (var option in all)
            command.Options.Add(option);
        command.Validators.Add(parsed =>
        {
            if (parsed.Has(Grid) && parsed.Has(Random))
                parsed.AddError("Give either --grid or --random.");
        });
    }

    /// <exception cref="ArgumentException">A value out of its range.</exception>
    internal static PatchOptions Of(ParseResult parsed)
    {
        var options = new PatchOptions
        {
            Rule = parsed.GetValue(Rule),
            Mpp = parsed.GetValue(Mpp),
            Side = parsed.GetValue(Side),
            Random = parsed.GetValue(Random),
            Seed = parsed.GetValue(Seed),
            Overlap = parsed.GetValue(Overlap),
            Border = parsed.GetValue(Border),
            MinTissue = parsed.GetValue(MinTissue),
            KeepUnlabeled = parsed.GetValue(KeepUnlabeled),
        };
        options.Check();
        return options;
    }
}
