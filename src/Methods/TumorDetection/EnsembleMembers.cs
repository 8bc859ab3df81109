using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Runs;

namespace Coverslip.Methods.TumorDetection;

/// <summary>The runs that an ensemble's recipe names, part by part.</summary>
internal static class EnsembleMembers
{
    /// <summary>The folders of a part in each member.</summary>
    /// <exception cref="RecipeException">
    /// A member that is no such run, has another form, or was trained on the part's test patients.
    /// </exception>
    public static IReadOnlyList<RunFolder> Of(TumorDetectionRecipe recipe, SessionPart part) =>
        [.. recipe.Ensemble.Select(folder => Member(folder, recipe, part))];

    private static RunFolder Member(string folder, TumorDetectionRecipe recipe, SessionPart part)
    {
        var (text, split) = (Path.Combine(folder, "recipe.yaml"), Path.Combine(folder, "split.json"));
        if (!File.Exists(text) || !File.Exists(split))
            throw new RecipeException($"ensemble: '{folder}' is no run folder with recipe.yaml and split.json");
        if (TumorDetectionMethod.Of(File.ReadAllText(text), text) is not { Ensemble.Count: 0 } member)
            throw new RecipeException($"ensemble: '{folder}' is no run of a network for tumor detection");
        if (Form(member) != Form(recipe))
            throw new RecipeException(
                $"ensemble: '{folder}' has another form ({Form(member)}) than this recipe ({Form(recipe)}); members share "
                    + "network, window, resolution, stain, stride and orientations"
            );
        var parts = Split.LoadParts(split);
        var same = part.Number < parts.Count && parts[part.Number].Test.ToHashSet().SetEquals(part.Split.Test);
        if (!same)
            throw new RecipeException(
                $"ensemble: part {part.Number + 1} of '{folder}' tests other patients, so that it may have been trained on this "
                    + "one's; train its members on the same split (--split)"
            );
        var own = new RunFolder(TrainingSession.PartFolder(folder, part.Number, parts.Count), make: false);
        return File.Exists(own.Description)
            ? own
            : throw new RecipeException(
                $"ensemble: part {part.Number + 1} of '{folder}' is not finished; go on with 'coverslip train … --resume'"
            );
    }

    private static string Form(TumorDetectionRecipe recipe) =>
        FormattableString.Invariant(
            $"{recipe.Network.Kind.Name} {recipe.Network.Width}, context {recipe.Network.Context}, {recipe.Input.Width} pixels at {recipe.Patches.Mpp} µm, stain {recipe.Input.Stain}, stride {recipe.Test.Stride}, orientations {recipe.Test.Orientations}"
        );
}
