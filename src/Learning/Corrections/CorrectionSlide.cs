using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.StoredFeatures;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Tissue;

namespace Coverslip.Learning.Corrections;

/// <summary>A slide of a correction. It is opened when it is first looked at.</summary>
public sealed class CorrectionSlide : IDisposable
{
    private readonly Func<Slide> open;
    private readonly Func<Slide, SlideTissue, SlideFeatures> encode;
    private Slide? slide;
    private SlideFeatures? features;

    internal CorrectionSlide(
        CohortRow row,
        bool aside,
        Func<Slide> open,
        Func<Slide, SlideTissue, SlideFeatures> encode
    ) => (Row, Aside, this.open, this.encode) = (row, aside, open, encode);

    /// <summary>The cohort's row.</summary>
    public CohortRow Row { get; }

    /// <summary>Its file name without extension.</summary>
    public string Name => Path.GetFileNameWithoutExtension(Row.Image);

    /// <summary>Whether its patient is kept aside.</summary>
    public bool Aside { get; }

    /// <summary>Whether its windows were looked at.</summary>
    internal bool Opened => features is not null;

    /// <summary>The open slide.</summary>
    /// <exception cref="UnreadableSlideException">It cannot be read.</exception>
    public Slide Slide => slide ??= open();

    /// <summary>Features of its windows, as far as they are computed.</summary>
    /// <exception cref="UnreadableSlideException">A tile that cannot be read, or a slide that is too coarse.</exception>
    public SlideFeatures Features => features ??= encode(Slide, SlideTissue.Of(Slide, new TissueOptions()));

    public void Dispose()
    {
        features?.Dispose();
        slide?.Dispose();
    }
}
