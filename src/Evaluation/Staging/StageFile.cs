using Coverslip.Files;

namespace Coverslip.Evaluation.Staging;

/// <summary>A row that names no patient, and why it is not used.</summary>
public sealed record UnusedRow(int Row, string Text, string Reason);

/// <summary>The nodes of a patient, by the names of their slides without extension.</summary>
public sealed record PatientNodes(string Patient, IReadOnlyList<(string Slide, NodeStatus Status)> Nodes);

/// <summary>
/// Stages of patients in CAMELYON17's form: CSV, <c>patient,stage</c>. Rows whose name ends in <c>.zip</c> are
/// patients; those of <c>.tif</c> are their nodes, which the evaluation leaves aside; others are kept as unused.
/// </summary>
public sealed class StageFile
{
    private const string PatientEnding = ".zip";
    private const string NodeEnding = ".tif";

    private StageFile(string path, Dictionary<string, (int, PathologicStage)> stages) =>
        (Path, Stages) = (path, stages);

    public string Path { get; }

    /// <summary>Per patient the row it stands in, and its stage.</summary>
    public IReadOnlyDictionary<string, (int Row, PathologicStage Stage)> Stages { get; }

    /// <summary>Rows of nodes.</summary>
    public int Nodes { get; private init; }

    /// <summary>Rows that are neither patient nor node; a header <c>patient,stage</c> is none of them.</summary>
    public required IReadOnlyList<UnusedRow> Unused { get; init; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">
    /// No patient, a patient twice, or a stage that is none; the row is named.
    /// </exception>
    public static StageFile Read(string path)
    {
        var stages = new Dictionary<string, (int Row, PathologicStage)>();
        var unused = new List<UnusedRow>();
        var nodes = 0;
        foreach (var row in CsvTable.ReadRows(path))
        {
            var (name, stage) = (row.Fields[0], row.Fields.ElementAtOrDefault(1) ?? "");
            bool Ends(string ending) => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
            if (Ends(NodeEnding))
                nodes++;
            else if (!Ends(PatientEnding))
            {
                if (row.Number > 1 || !name.Equals("patient", StringComparison.OrdinalIgnoreCase))
                    unused.Add(new UnusedRow(row.Number, string.Join(',', row.Fields), "names no patient (.zip)"));
            }
            else if (PathologicStages.Parse(stage) is not { } known)
                throw new InvalidDataException(
                    $"{path}: row {row.Number}: the stage of {name} is '{stage}'; stages are "
                        + string.Join(", ", PathologicStages.Names)
                );
            else if (!stages.TryAdd(name, (row.Number, known)))
                throw new InvalidDataException(
                    $"{path}: row {row.Number}: {name} stands in row {stages[name].Row} already; one stage each"
                );
        }
        if (stages.Count == 0)
            throw new InvalidDataException(
                $"{path}: no patient; a row is patient,stage, and a patient's name ends in {PatientEnding}"
            );
        return new StageFile(path, stages) { Nodes = nodes, Unused = unused };
    }

    /// <summary>
    /// Writes stages that follow from nodes, whole or not at all: of each patient a row <c>PATIENT.zip,pN...</c>, then
    /// <c>SLIDE.tif,status</c> of each node, as CAMELYON17's own file.
    /// </summary>
    /// <exception cref="ArgumentException">A patient without nodes, or with metastases in more than nine.</exception>
    public static void Write(string path, IEnumerable<PatientNodes> patients) =>
        CsvTable.Write(
            path,
            ["patient", "stage"],
            patients.SelectMany(p =>
                p.Nodes.Select(n => new[] { n.Slide + NodeEnding, n.Status.Name() })
                    .Prepend([
                        p.Patient + PatientEnding,
                        PathologicStages.Of([.. p.Nodes.Select(n => n.Status)]).Name(),
                    ])
            )
        );
}
