using System.Globalization;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Torch;

namespace Coverslip.Methods.MultiStage;

/// <summary>
/// All that decides how a stage comes out, as text: runs whose stages have the same text may share them (see
/// <see cref="SharedTraining"/>). Test patients and what becomes of a stage afterwards have no part in it.
/// </summary>
/// <param name="recipe">The recipe.</param>
/// <param name="cohort">The cohort.</param>
/// <param name="stain">What patches are brought to; null for none.</param>
internal sealed class StageContents(MultiStageRecipe recipe, Cohort cohort, InputStain? stain)
{
    /// <summary>Of the vectors of a slide's patches: without the slide, and without what computes them.</summary>
    internal string Patches
    {
        get
        {
            var p = recipe.Patches;
            var area = recipe.Cell > 0 ? $"cells of {recipe.Cell}" : $"windows of {recipe.Input.Width}";
            return Text(
                $"{p.Mpp} µm/px, patches of {p.GridSide}, {area}, tissue {p.MinTissue}, unannotated normal {p.UnannotatedIsNormal}, stain {stain?.Key ?? "none"} ({recipe.Input.StainRefused})"
            );
        }
    }

    /// <summary>Of the trained patch classifier, or of one that is left as it begins.</summary>
    internal string Extractor(SessionPart part, Device device)
    {
        var (network, weights) = (recipe.Network, recipe.Network.Weights);
        var begun =
            weights.Length == 0 ? "random" : $"{Path.GetFullPath(weights)}, {new FileInfo(weights).Length} bytes";
        var learned = recipe.TrainsExtractor
            ? $"{recipe.Training}\n{recipe.Augmentation}\n{Text($"{recipe.Patches.Examples} examples, {recipe.Patches.ValidationExamples} to validate")}"
            : "untrained";
        var shape = Text(
            $"{network.Kind.Name}, width {network.Width}, {network.Features} features, dropout {network.Dropout}, scaled as published {network.ScalesAsPublished}"
        );
        return $"{Common(part, device)}\n{shape}, weights {begun}\n{learned}";
    }

    /// <summary>Of the segmentation model that learned over stored vectors.</summary>
    internal string Segmentation(SessionPart part, Device device) =>
        $"{(recipe.Learning == Learning.Segmentation ? Common(part, device) : Extractor(part, device))}\n{recipe.Segmentation}\n{recipe.MapTraining}\n{recipe.Maps}";

    /// <summary>Of a folder of stored vectors: the slides are told apart in it.</summary>
    internal string Vectors(string made) => $"{Who}\n{made}";

    private string Who
    {
        get
        {
            var classes = recipe.Patches.Classes;
            var unknown = recipe.Patches.TumorWithoutAnnotation;
            return $"cohort {cohort.Hash}, tumor {string.Join('|', classes.Tumor)}, normal {string.Join('|', classes.Normal)}, {unknown}, positive {recipe.Decision.PositiveOf(cohort.Classes)}";
        }
    }

    private string Common(SessionPart part, Device device) =>
        $"{Who}\n{Patches}\ntraining {string.Join('|', part.Split.Train)}\nvalidation {string.Join('|', part.Split.Validation)}\nseed {part.Seed}, {device}";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
