using Coverslip.Evaluation.Detection;
using Coverslip.Learning.SlideWalk;

namespace Coverslip.Methods.MultiStage;

/// <summary>What a lesion is called by its major axis, as pN staging does.</summary>
internal enum LesionSize
{
    /// <summary>Isolated tumor cells: up to 0.2 mm.</summary>
    Itc,

    /// <summary>Above 0.2 mm, up to 2 mm.</summary>
    Micro,

    /// <summary>Above 2 mm.</summary>
    Macro,
}

/// <summary>A lesion of a slide, and the highest probability of a patch that holds some of it; 0 without such a patch.</summary>
internal readonly record struct JudgedLesion(LesionSize Size, double Probability)
{
    /// <summary>Whether such a patch is called tumor.</summary>
    public bool Found => Probability > PredictedPatch.Threshold;
}

/// <summary>
/// How probable a slide's lesions are to a model: as the patches that hold a pixel of them on CAMELYON16's masks (8 µm). Lesions are those of the
/// CAMELYON16 evaluation (<see cref="LesionMap"/>), which lie 75 µm apart at least; its length of a lesion has 75 µm more than
/// what is outlined.
/// </summary>
internal static class FoundLesions
{
    private const double MacroAbove = 2000;

    internal static IReadOnlyList<JudgedLesion> Of(SlideGrid grid, IReadOnlyList<PredictedPatch> patches)
    {
        var (slide, tumor) = (grid.Source.Slide, grid.Source.Areas.Tumor);
        if (tumor.IsEmpty)
            return [];
        var rules = TruthMask.RulesOf(slide);
        using var mask = TruthMask.Draw(tumor, slide, rules.Level);
        var map = LesionMap.Of(mask.Pixels, mask.Width, rules);
        var highest = new double[map.Lesions.Count + 1];
        foreach (var patch in patches)
        {
            var place = grid.RectangleOf(patch.Patch);
            var (left, right) = Pixels(place.X, place.Width, mask.Width);
            var (top, bottom) = Pixels(place.Y, place.Height, mask.Height);
            for (var y = top; y < bottom; y++)
            for (var x = left; x < right; x++)
                if (mask.Pixels[(y * mask.Stride) + x] != 0 && map.At(x, y) is var lesion)
                    highest[lesion] = Math.Max(highest[lesion], patch.Probability);
        }
        return [.. map.Lesions.Select((lesion, i) => new JudgedLesion(SizeOf(lesion, rules), highest[i + 1]))];

        // Pixels of the mask whose middles lie in the patch.
        (int From, int To) Pixels(double from, double extent, int most) =>
            (
                Math.Clamp((int)Math.Ceiling((from / rules.Downsampling) - 0.5), 0, most),
                Math.Clamp((int)Math.Ceiling(((from + extent) / rules.Downsampling) - 0.5), 0, most)
            );
    }

    private static LesionSize SizeOf(Lesion lesion, LesionRules rules) =>
        lesion.Isolated ? LesionSize.Itc
        : lesion.MajorAxis * rules.MicronsPerPixel * rules.Downsampling > MacroAbove + rules.Bridge ? LesionSize.Macro
        : LesionSize.Micro;
}
