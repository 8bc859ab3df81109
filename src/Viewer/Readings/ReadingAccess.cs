using System.Globalization;
using Coverslip.Viewer.Hosting;

namespace Coverslip.Viewer.Readings;

/// <summary>A reader sees the slides of cases that were opened, and the machine's view of those with a first verdict.</summary>
internal sealed class ReadingAccess(ReadingDesk desk) : IAccessRule
{
    public bool MaySeeSlide(Visitor visitor, string slide) =>
        Number(visitor, slide) is { } number && desk.MaySee(visitor.Name, number);

    public bool MaySeeMachine(Visitor visitor, string slide) =>
        Number(visitor, slide) is { } number && desk.MaySeeMachine(visitor.Name, number);

    private int? Number(Visitor visitor, string slide) =>
        int.TryParse(slide, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && desk.Reader(visitor.Name)?.Cases.Contains(number) == true
            ? number
            : null;
}
