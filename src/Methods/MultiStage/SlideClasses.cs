using Coverslip.Learning.Features;

namespace Coverslip.Methods.MultiStage;

/// <summary>A slide's features with its metastasis class.</summary>
/// <param name="Features">See <see cref="HeatmapFeatures"/>.</param>
/// <param name="Class">Index among the classes, such as negative, itc, micro, macro.</param>
internal sealed record ClassedSlide(double[] Features, int Class);

/// <summary>
/// A random forest from a heatmap's features to the slide's class: negative, isolated tumor cells, micro- or
/// macrometastasis (Lee &amp; Paeng 2018; Takahama et al. 2019, sec. 4.2.3).
/// </summary>
internal sealed class SlideClasses : IDisposable
{
    /// <summary>The classes of CAMELYON17, in the order of their severity.</summary>
    public static IReadOnlyList<string> Camelyon { get; } = ["negative", "itc", "micro", "macro"];

    // Some hundreds of slides and two dozen features: trees may grow until a leaf has few slides.
    private static readonly RandomForestSettings Settings = new(Trees: 300, Depth: 12, Least: 3);
    private readonly RandomForest forest;

    private SlideClasses(RandomForest forest) => this.forest = forest;

    /// <summary>Learns from slides; the same slides and seed give the same forest.</summary>
    /// <exception cref="ArgumentException">No slide, or features of different numbers.</exception>
    public static SlideClasses Train(IReadOnlyList<ClassedSlide> slides, int classes, long seed)
    {
        if (slides.Count == 0 || slides.Any(s => s.Features.Length != slides[0].Features.Length))
            throw new ArgumentException($"{slides.Count} slides to learn classes from; all need the same features");
        var data = new LabeledFeatures([.. slides.Select(s => s.Features)], [.. slides.Select(s => s.Class)], classes);
        return new SlideClasses((RandomForest)Settings.Train(data, seed));
    }

    /// <summary>Probabilities [slides][classes]: shares of the trees that name a class.</summary>
    public IReadOnlyList<double[]> Probabilities(IReadOnlyList<double[]> features) => forest.Probabilities(features);

    /// <summary>The class that most trees name, of equal ones the graver.</summary>
    public IReadOnlyList<int> Predict(IReadOnlyList<double[]> features) =>
        [.. Probabilities(features).Select(p => Array.LastIndexOf(p, p.Max()))];

    public void Dispose() => forest.Dispose();
}
