using System.CommandLine;
using Coverslip.Evaluation.Cohorts;

namespace Coverslip.App.Commands;

/// <summary>Whose slides are, and what they are labeled, as a cohort of slides says; without one each is a patient's of its own.</summary>
internal sealed class SlideOwners
{
    internal static readonly Option<string?> CohortFile = new("--cohort")
    {
        Description =
            "The slides' cohort (image,label,patient), which says whose a slide is; with --rule none a patch has its "
            + "slide's label. [default: each slide is a patient's of its own]",
    };

    private readonly Cohort? cohort;
    private readonly ILookup<string, CohortRow>? byPath;
    private readonly ILookup<string, CohortRow>? byName;

    private SlideOwners(Cohort? cohort)
    {
        this.cohort = cohort;
        byPath = cohort?.Rows.ToLookup(cohort.FilePath);
        byName = cohort?.Rows.ToLookup(r => Path.GetFileName(r.Image), StringComparer.OrdinalIgnoreCase);
    }

    internal static SlideOwners Of(ParseResult parsed) =>
        new(parsed.GetValue(CohortFile) is { } file ? Cohort.Load(file, CohortChecks.Table) : null);

    /// <summary>What is not known without a cohort; null with one.</summary>
    internal string? Note =>
        cohort is null
            ? "each slide is taken for a patient's of its own; where patients have several, --cohort says whose a slide is"
            : null;

    /// <summary>The patient, and the slide's label; none without a cohort, or where it has findings instead.</summary>
    /// <exception cref="ArgumentException">The cohort has no such slide, or several of its name.</exception>
    internal (string Patient, string Label) Of(string slide)
    {
        if (cohort is null)
            return (Path.GetFileNameWithoutExtension(slide), "");
        CohortRow[] rows = [.. byPath![Path.GetFullPath(slide)]];
        if (rows.Length == 0)
            rows = [.. byName![Path.GetFileName(slide)]];
        return rows.Length switch
        {
            1 => (rows[0].Patient, rows[0].Findings is null ? rows[0].Label : ""),
            0 => throw new ArgumentException(
                $"{cohort.Path} has no slide {slide}, so that nobody says whose it is; add its row, or leave --cohort out"
            ),
            _ => throw new ArgumentException(
                $"{cohort.Path} has several slides named {Path.GetFileName(slide)}; write their paths so that {slide} is one of them"
            ),
        };
    }
}
