using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Resolution = Coverslip.Slides.Geometry.Mpp;

namespace Coverslip.App.Commands;

/// <summary>What the verbs under <c>coverslip slide</c> share.</summary>
internal static class SlideArguments
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>The slide to read.</summary>
    internal static readonly Argument<string> File = new("slide") { Description = "The slide file." };

    /// <summary>The resolution that the caller vouches for.</summary>
    internal static readonly Option<double?> Mpp = new("--mpp")
    {
        Description = "Microns per pixel of the finest level, over what the file says or where it says nothing.",
    };

    /// <summary>The one reader to take.</summary>
    internal static readonly Option<string?> Reader = new("--reader")
    {
        Description = $"Take this reader only: {string.Join(" or ", SlideFile.Readers)}. [default: the first that can]",
    };

    static SlideArguments()
    {
        Reader.AcceptOnlyFromAmong([.. SlideFile.Readers]);
        Mpp.Validators.Add(CheckMpp);
    }

    /// <summary>Refuses what is no resolution of a slide.</summary>
    internal static void CheckMpp(OptionResult result)
    {
        if (result.Tokens is not [var word] || !double.TryParse(word.Value, Invariant, out var mpp))
            return;
        if (!Resolution.IsPlausible(mpp))
        {
            var (least, most) = (Resolution.Least, Resolution.Most);
            result.AddError($"{result.Option.Name} is {word.Value}; it goes from {least} to {most} microns per pixel");
        }
    }

    /// <summary>Opens the slide as the command line says.</summary>
    internal static Slide Open(ParseResult parsed) =>
        SlideFile.Open(
            parsed.GetRequiredValue(File),
            new SlideOptions
            {
                Mpp = parsed.GetValue(Mpp) is { } mpp ? Resolution.Of(mpp) : null,
                Reader = parsed.GetValue(Reader),
            }
        );

    /// <summary>", 12 % of it white because the slide ends there", or nothing.</summary>
    internal static string OutsideText(SlideRegion region) =>
        region.Outside == 0
            ? ""
            : FormattableString.Invariant(
                $"; {100 * region.OutsideShare:0.##} % of it lies outside of the slide and is white"
            );

    /// <summary>Which pixels of the slide a region is made of.</summary>
    internal static string OriginText(SlideRegion region)
    {
        var level = region.Reduction == 1 ? $"level {region.Level}" : $"level {region.Level} at 1/{region.Reduction}";
        return region.IsResampled ? $"means of {level}" : $"pixels of {level}";
    }
}
