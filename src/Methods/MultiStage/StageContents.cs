using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Learning.Backbones;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlidePatches;
using Coverslip.Torch;

namespace Coverslip.Methods.MultiStage;

/// <summary>
/// All that decides how a stage comes out: runs whose stages have the same parts may share them (see
/// <see cref="SharedTraining"/>). Annotations of test patients and what becomes of a stage afterwards have no part in it.
/// </summary>
/// <param name="recipe">The recipe.</param>
/// <param name="cohort">The cohort.</param>
/// <param name="sources">Its slides and images, open; their readers and resolutions count.</param>
/// <param name="stain">What patches are brought to; null for none.</param>
internal sealed class StageContents(
    MultiStageRecipe recipe,
    Cohort cohort,
    IReadOnlyList<PatchSource> sources,
    InputStain? stain
)
{
    /// <summary>Of the recipe, in no stage.</summary>
    private static readonly LeftOut[] Always =
    [
        new("Seed", "the part's seed is a part"),
        new("Split", "the patients are parts"),
        new("Decision", "the class that is tumor is a part; thresholds come after all stages"),
        new("Learning", "which stages there are; whether the extractor is trained is a part"),
        new("EndToEnd", "comes after the stages that are shared"),
        new("Prior", "laid over the classifier when it is trained"),
        new("Stages", "judged after the stages that are shared"),
        new("Network.Weights", "the file's contents are a part"),
        new("Input.Stain", "the stain as fitted is a part"),
        new("Input.StainMethod", "the stain as fitted is a part"),
        new("Patches.Readers", "threads read the same pixels in the same order"),
    ];

    private static readonly LeftOut[] BeforeMaps =
    [
        .. Always,
        new("Segmentation", "comes after the extractor"),
        new("MapTraining", "comes after the extractor"),
        new("Maps", "comes after the extractor"),
    ];

    private static readonly LeftOut[] OfVectors =
    [
        .. BeforeMaps,
        new("Network", "the weights that it came to are a part"),
        new("Training", "the weights that it came to are a part"),
        new("Augmentation", "the weights that it came to are a part"),
        new("Patches.Examples", "vectors are of all patches"),
        new("Patches.ValidationExamples", "vectors are of all patches"),
    ];

    /// <summary>Of the vectors of a slide's patches: without the slide.</summary>
    /// <param name="made">What computes them.</param>
    internal Fingerprint Patches(string made) =>
        Strided(new Fingerprint().Add("made by", made).AddRecord("recipe", recipe, OfVectors).Add("stain", stain?.Key));

    /// <summary>Of a folder of stored vectors: the slides are told apart in it.</summary>
    internal Fingerprint Vectors(Fingerprint made) =>
        new Fingerprint().Add("vectors", made.Hash).AddCohort(cohort).AddReading(sources).Add("positive", Positive);

    /// <summary>Of the trained patch classifier, or of one that is left as it begins.</summary>
    internal Fingerprint Extractor(SessionPart part, Device device) => Of(part, device, BeforeMaps);

    /// <summary>Of the segmentation model that learned over stored vectors.</summary>
    internal Fingerprint Segmentation(SessionPart part, Device device) => Of(part, device, Always);

    /// <summary>Of all about maps, how far apart patches lie decides which vectors there are.</summary>
    private Fingerprint Strided(Fingerprint made) =>
        recipe.Maps.Steps == 1 ? made : made.Add("stride", recipe.Maps.Stride);

    private string? Positive => recipe.Decision.PositiveOf(cohort.Classes);

    private string Begun =>
        recipe.Learning == Learning.Segmentation ? "none"
        : recipe.TrainsExtractor ? "trained"
        : "as it begins";

    private Fingerprint Of(SessionPart part, Device device, LeftOut[] except)
    {
        string[] patients = [.. part.Split.Train, .. part.Split.Validation];
        var own = patients.ToHashSet(StringComparer.Ordinal);
        var made = new Fingerprint()
            .Add("extractor", Begun)
            .AddRecord("recipe", recipe, except)
            .Add("stain", stain?.Key)
            .AddCohort(cohort, own)
            .AddReading(sources.Where(s => own.Contains(s.Patient)))
            .Add("positive", Positive)
            .Add("training", part.Split.Train)
            .Add("validation", part.Split.Validation)
            .Add("seed", part.Seed)
            .Add("device", $"{device}");
        var weights = WeightsFolder.Resolve(recipe.Network.Weights);
        return weights.Length > 0 ? made.AddWholeFile("weights", weights) : made;
    }
}
