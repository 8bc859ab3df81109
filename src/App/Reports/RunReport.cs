using System.Xml.Linq;
using Coverslip.Files;

namespace Coverslip.App.Reports;

/// <summary>
/// <c>report.html</c> of a run: one file that needs no network and no scripts, well-formed as XML. First what was found
/// and how sure it is, then where the model errs, then how it was made.
/// </summary>
public static class RunReport
{
    /// <summary>Writes <c>report.html</c> into the run folder, whole or not at all; returns its path.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such run folder.</exception>
    /// <exception cref="InvalidDataException">No finished part, a damaged file, or another cohort.</exception>
    public static string Write(RunReportInput input)
    {
        var run = ReportedRun.Read(input.Run, input.Cohort);
        var title =
            input.Title
            ?? $"Report of {Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(input.Run)))}";
        XElement?[] sections =
        [
            FigureTables.Of(run),
            .. input.Tables.Select((table, i) => FigureTables.Extra(table, i + 1)),
            SlideSections.Of(run),
            MapSections.OfRun(run),
            PatientTable.Of(run),
            ConfusionTable.Of(run),
            CurvePlots.Of(run),
            TrainingPlots.Of(run),
            ImageSections.Masks(run, input.MaskOf),
            ImageSections.Wrong(run),
            RunFacts.Of(run),
        ];
        XElement[] shown = [.. sections.OfType<XElement>()];
        var path = Path.Combine(input.Run, "report.html");
        WholeFile.Write(path, Html.Document(title, [ResultSection.Of(run, title), Contents(shown), .. shown]));
        return path;
    }

    private static XElement Contents(IEnumerable<XElement> sections) =>
        Html.Tag(
            "nav",
            new XAttribute("aria-label", "Contents"),
            sections.Select(s =>
                Html.Tag("a", new XAttribute("href", "#" + s.Attribute("id")!.Value), s.Elements().First().Value)
            )
        );
}
