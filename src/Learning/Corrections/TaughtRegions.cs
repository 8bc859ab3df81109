using Coverslip.Slides.Annotations;

namespace Coverslip.Learning.Corrections;

/// <summary>A probe with what taught it, kept with its round whatever is drawn until it is judged.</summary>
public sealed record TaughtRegions
{
    internal TaughtRegions(
        WindowProbe probe,
        double seconds,
        IReadOnlyList<(CorrectionSlide Slide, AnnotationSet Set, WindowLabels Labels)> drawn
    ) => (Probe, Seconds, Drawn) = (probe, seconds, drawn);

    /// <summary>What was learned.</summary>
    public WindowProbe Probe { get; }

    /// <summary>Of teaching alone.</summary>
    public double Seconds { get; }

    /// <summary>Slides with their regions and what these said of windows.</summary>
    internal IReadOnlyList<(CorrectionSlide Slide, AnnotationSet Set, WindowLabels Labels)> Drawn { get; }
}
