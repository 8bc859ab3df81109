using Coverslip.Viewer.Hosting;

namespace Coverslip.Viewer.Readings;

/// <param name="desk">Who is where.</param>
/// <param name="slides">What addresses call the slide of each case.</param>
/// <summary>A reader sees the slides of cases that were opened, and the machine's view of those with a first verdict.</summary>
internal sealed class ReadingAccess(ReadingDesk desk, IReadOnlyList<string> slides) : IAccessRule
{
    private readonly Dictionary<string, int> numbers = slides.Index().ToDictionary(s => s.Item, s => s.Index);

    public bool MaySeeSlide(Visitor visitor, string slide) =>
        Number(visitor, slide) is { } number && desk.MaySee(visitor.Name, number);

    public bool MaySeeMachine(Visitor visitor, string slide) =>
        Number(visitor, slide) is { } number && desk.MaySeeMachine(visitor.Name, number);

    private int? Number(Visitor visitor, string slide) =>
        numbers.TryGetValue(slide, out var number) && desk.Reader(visitor.Name)?.Cases.Contains(number) == true
            ? number
            : null;
}
