using System.CommandLine;
using Coverslip.App.Progress;
using Coverslip.Files;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Tissue;

namespace Coverslip.App.Commands;

/// <summary>
/// What verbs about slides share. <c>--mpp</c> is always the resolution that is asked for, and <c>--slide-mpp</c> the one
/// that the slide has.
/// </summary>
internal static class SlideArguments
{
    private const string Microns = " microns per pixel";

    /// <summary>The slide to read.</summary>
    internal static readonly Argument<string> File = new("slide") { Description = "The slide file." };

    /// <summary>The slides to read.</summary>
    internal static readonly Argument<string[]> Files = new("slide")
    {
        Description = "Slide files.",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>The resolution that the caller vouches for.</summary>
    internal static readonly Option<double?> SlideMpp = new("--slide-mpp")
    {
        Description = "Microns per pixel of the finest level, over what the file says or where it says nothing.",
    };

    /// <summary>The one reader to take.</summary>
    internal static readonly Option<string?> Reader = new("--reader")
    {
        Description = $"Take this reader only: {string.Join(" or ", SlideFile.Readers)}. [default: the first that can]",
    };

    /// <summary>Tissue that was found before.</summary>
    internal static readonly Option<string?> Tissue = new("--tissue")
    {
        Description = "Folder that 'coverslip tissue' wrote. [default: tissue is found as that verb does by default]",
    };

    static SlideArguments()
    {
        Reader.AcceptOnlyFromAmong([.. SlideFile.Readers]);
        CheckMpp(SlideMpp);
    }

    /// <summary>
    /// The files that are named without what this program wrote beside them: <c>slides/*.tif</c> names heatmaps, too, once
    /// <c>predict</c> has written there. Where nothing else is named, they are meant.
    /// </summary>
    internal static string[] WithoutOutputs(string[] files)
    {
        string[] own = [.. files.Where(UserFiles.IsOutput)];
        if (own.Length == 0 || own.Length == files.Length)
            return files;
        Console.Error.WriteLine($"note: left out {own.Length} files that this program wrote, such as {own[0]}");
        return [.. files.Except(own)];
    }

    /// <summary>Refuses what is no resolution of a slide.</summary>
    internal static void CheckMpp(Option option) => option.Within(Mpp.Least, Mpp.Most, Microns);

    /// <summary>How slides are opened.</summary>
    internal static SlideOptions Opening(ParseResult parsed) =>
        new()
        {
            Mpp = parsed.GetValue(SlideMpp) is { } mpp ? Mpp.Of(mpp) : null,
            Reader = parsed.GetValue(Reader),
            Noted = (slide, note) => ProgressDisplay.Say($"note: {slide.Path}: {note}"),
        };

    /// <summary>Opens the slide as the command line says.</summary>
    internal static Slide Open(ParseResult parsed) => SlideFile.Open(parsed.GetRequiredValue(File), Opening(parsed));

    /// <summary>The folder that was named, or null.</summary>
    internal static TissueFiles? TissueFolder(ParseResult parsed) =>
        parsed.GetValue(Tissue) is { } folder ? new TissueFiles(folder) : null;

    /// <summary>"; 12 % of it is white: the slide has nothing there", or nothing.</summary>
    internal static string OutsideText(SlideRegion region) =>
        region.Outside == 0
            ? ""
            : FormattableString.Invariant(
                $"; {100 * region.OutsideShare:0.##} % of it is white: the slide has nothing there"
            );

    /// <summary>Which pixels of the slide a region is made of.</summary>
    internal static string OriginText(SlideRegion region)
    {
        var level = region.Reduction == 1 ? $"level {region.Level}" : $"level {region.Level} at 1/{region.Reduction}";
        return region.IsResampled ? $"means of {level}" : $"pixels of {level}";
    }
}
