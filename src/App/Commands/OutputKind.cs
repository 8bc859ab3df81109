using Coverslip.Evaluation.Metrics;
using Coverslip.Files;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Runs;
using Coverslip.Phantoms;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Patches;
using Coverslip.Slides.Stain;
using Coverslip.Torch.Scripts;

namespace Coverslip.App.Commands;

/// <summary>A kind of file that a verb writes under a given name, and how an earlier one is known by its content.</summary>
/// <param name="Words">"a split".</param>
/// <param name="IsOne">
/// Whether a file that is there is one. What it throws for a damaged or foreign file (<see cref="IOException"/>,
/// <see cref="InvalidDataException"/>) means no.
/// </param>
internal sealed record OutputKind(string Words, Func<string, bool> IsOne)
{
    private const int Beginning = 4096; // characters

    /// <summary>Whether one in a run's folder is replaced, too.</summary>
    internal bool WithinRuns { get; private init; }

    internal static OutputKind PackedRun { get; } = new("a packed run", StoredRun.IsPacked) { WithinRuns = true };

    internal static OutputKind Onnx { get; } = new("an ONNX file", OnnxFile.IsOwn);

    internal static OutputKind Split { get; } = new("a split", Coverslip.Evaluation.Splits.Split.Is);

    internal static OutputKind MaskRules { get; } =
        new("rules of masks", path => Coverslip.Learning.Masks.MaskRules.Read(path).Origin is not null);

    internal static OutputKind Stain { get; } = new("a stain file", path => StainFile.Read(path) is not null);

    internal static OutputKind Schema { get; } =
        new("a schema of recipes", path => RecipeSchema.Is(TextFile.Read(path)));

    internal static OutputKind PatchTable { get; } = new("an index of patches", PatchIndex.Is);

    internal static OutputKind PatchCounts { get; } = new("a table of what filters removed", PatchIndex.IsCounts);

    internal static OutputKind AnnotatedSlides { get; } = new("a table of annotated slides", AnnotationSurvey.Is);

    internal static OutputKind PhantomSlide { get; } = new("a painted slide", SlidePhantom.Is);

    internal static OutputKind Plot { get; } =
        new(
            "a picture (SVG)",
            path => Begins(path, "<svg") && Begin(path).Contains("class=\"plot\"", StringComparison.Ordinal)
        );

    internal static OutputKind Evaluation { get; } =
        new("an evaluation", path => EvaluationReport.Is(TextFile.Read(path))) { WithinRuns = true };

    internal static OutputKind Reliability { get; } =
        new("a picture (SVG)", path => Begins(path, ReliabilityPlot.Beginning)) { WithinRuns = true };

    internal static OutputKind Page { get; } =
        new(
            "a page (HTML)",
            path => Begins(path, "<!DOCTYPE html>") && Begin(path).Contains("--page:", StringComparison.Ordinal)
        );

    private static bool Begins(string path, string text) => Begin(path).StartsWith(text, StringComparison.Ordinal);

    private static string Begin(string path)
    {
        using var reader = new StreamReader(path);
        var read = new char[Beginning];
        return new string(read, 0, reader.ReadBlock(read));
    }
}
