using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.RunReports;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>The method as everything outside this folder sees it.</summary>
internal sealed class SelfSupervisedMethod : IMethod, IReportsRuns
{
    internal const string Word = "self-supervised";

    public string Name => Word;

    public IRecipe Read(RecipeNode node) => SelfSupervisedRecipe.Read(node);

    /// <summary>What masks can be drawn without seeing more than one pixel.</summary>
    public IReadOnlyList<Baseline> Baselines(IRecipe judged) =>
        judged is SelfSupervisedRecipe
            ?
            [
                Pixelwise("all foreground", SegmenterKind.AllForeground) with
                {
                    IsChance = true,
                },
                Pixelwise("Otsu on brightness", SegmenterKind.BrightnessThreshold),
                Pixelwise("pixel color", SegmenterKind.PixelColor),
            ]
            : [];

    private static Baseline Pixelwise(string name, SegmenterKind kind) =>
        new(
            name,
            $$"""
            network: {kind: {{Words.Kebab($"{kind}")}}, encoder: own, weights: "", trainable: all, rate_decay: 1}
            pretraining: {epochs: 0, compare_skips: false}
            training: {optimizer: adam, rate: 0.03, schedule: constant}
            loss: {reconstruction_weight: 0}
            """,
            LaidOver: true
        );

    public IRunReport Report { get; } = new SelfSupervisedReport();
}
