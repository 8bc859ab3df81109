namespace Coverslip.Viewer.Hosting;

/// <summary>
/// What a visitor may see. Every address that gives a slide's pixels, or what a model made of it, asks here first, so that
/// a reading can hold back what its reader is not to see yet.
/// </summary>
internal interface IAccessRule
{
    /// <summary>Whether the slide is shown at all.</summary>
    /// <param name="visitor">Who asks.</param>
    /// <param name="slide">The slide's number in the viewer, as in its address.</param>
    bool MaySeeSlide(Visitor visitor, string slide);

    /// <summary>Whether heatmaps, scores, detections and truth of the slide are shown.</summary>
    bool MaySeeMachine(Visitor visitor, string slide);
}

/// <summary>Everything to everybody who has signed in.</summary>
internal sealed class EverythingShown : IAccessRule
{
    public bool MaySeeSlide(Visitor visitor, string slide) => true;

    public bool MaySeeMachine(Visitor visitor, string slide) => true;
}
