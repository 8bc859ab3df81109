using System.Globalization;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Reports;

namespace Coverslip.Learning.RunReports;

/// <summary>One row per patient: how many of the images are right, and what they say together.</summary>
internal static class PatientSection
{
    private const int MostUnfolded = 40;

    internal static ReportSection Of(ReportedRun run)
    {
        var several = run.Parts.Count > 1;
        var probable = run.Tested.Classes.Count > 0;
        var rows = run
            .Parts.SelectMany(part => Together(part, probable).Rows.Select(patient => (Part: part, Patient: patient)))
            .OrderBy(r => Number(r.Patient.Patient))
            .ThenBy(r => r.Patient.Patient, StringComparer.Ordinal)
            .ThenBy(r => r.Part.Description.Part)
            .Select(r => Row(run, r.Part, r.Patient, several))
            .ToArray();
        List<Column> columns = [new("Patient")];
        if (several)
            columns.Add(new("Part", true));
        columns.AddRange([
            new(run.Thing == "slide" ? "Slides" : "Images", true),
            new("Right", true),
            new("True class"),
            new($"All {run.Thing}s together"),
            new(probable ? Column(run) : $"Share of {run.Thing}s", true),
        ]);
        var table = new Table(columns, rows);
        return ReportSection.Of(
            "patients",
            "Patients",
            new Note(
                (
                    probable
                        ? $"“All {run.Thing}s together” is what the mean probability of a patient's {run.Thing}s says, "
                            + "held against the decision threshold."
                        : $"“All {run.Thing}s together” is the class that most of a patient's {run.Thing}s were given."
                ) + (run.Repeated ? " A patient stands here once per part that tested the patient." : "")
            ),
            rows.Length > MostUnfolded ? new Folded($"Show all {rows.Length} rows", [table]) : table
        );
    }

    /// <summary>Patients that are numbered stand in the order of their numbers, before all others.</summary>
    private static long Number(string patient) =>
        long.TryParse(patient, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : long.MaxValue;

    private static string Column(ReportedRun run) =>
        run.Whole.Positive is { } positive ? $"Mean probability of {positive}" : "Mean probability of it";

    /// <summary>One prediction per patient; without labels: a patient may have images of several classes.</summary>
    private static Predictions Together(ReportedPart part, bool probable)
    {
        var unlabeled = part.Tested with { Rows = [.. part.Tested.Rows.Select(r => r with { Label = "" })] };
        if (!probable && unlabeled.Rows.Select(r => r.Predicted).Distinct().Count() == 2)
            return PatientAggregation.Aggregate(unlabeled, PatientRule.Vote);
        return PatientAggregation.Aggregate(
            unlabeled,
            probable ? PatientRule.Mean : PatientRule.Vote,
            part.Evaluation.Positive,
            part.Description.Threshold ?? PatientAggregation.Half
        );
    }

    private static IReadOnlyList<Cell> Row(ReportedRun run, ReportedPart part, Prediction patient, bool several)
    {
        Prediction[] images = [.. part.Tested.Rows.Where(r => r.Patient == patient.Patient)];
        var labels = images
            .CountBy(r => r.Label)
            .OrderByDescending(l => l.Value)
            .ThenBy(l => l.Key, StringComparer.Ordinal)
            .ToArray();
        var right = images.Count(r => r.Predicted == r.Label);
        var shown = run.Whole.Positive ?? patient.Predicted;
        var place = part.Tested.Classes.Order(StringComparer.Ordinal).ToList().IndexOf(shown);
        List<Cell> cells = [patient.Patient];
        if (several)
            cells.Add($"{part.Description.Part}");
        cells.Add($"{images.Length}");
        cells.Add($"{right} ({FigureText.Percent((double)right / images.Length)})");
        cells.Add(labels.Length == 1 ? labels[0].Key : string.Join(", ", labels.Select(l => $"{l.Value} {l.Key}")));
        cells.Add(
            labels.Length > 1 ? FigureText.None // whoever has images of several classes is none of them
            : labels[0].Key != patient.Predicted ? new Words($"{patient.Predicted} ✗", WordStyle.Wrong)
            : patient.Predicted
        );
        cells.Add(FigureText.Number(place >= 0 ? patient.Probabilities[place] : patient.Probabilities.Max()));
        return cells;
    }
}
