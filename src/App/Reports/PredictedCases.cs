using Coverslip.Learning.Reports;

namespace Coverslip.App.Reports;

/// <summary>What a call predicted: first what has a note, then what was nearest to being called otherwise.</summary>
/// <param name="Thing">What they are, such as image.</param>
/// <param name="All">In the order in which someone should look at them.</param>
/// <param name="Table">The file that has a row to each.</param>
internal sealed record PredictedCases(string Thing, IReadOnlyList<PredictedCase> All, string Table)
{
    private const int MostRows = 20;

    /// <summary>Columns beside score and threshold, all numbers; none by default.</summary>
    public IReadOnlyList<string> Further { get; init; } = [];

    /// <summary>Whether they have class, score and threshold; true by default.</summary>
    public bool Scored { get; init; } = true;

    /// <summary>Further sections of the report; none by default.</summary>
    public IReadOnlyList<ReportSection> Sections { get; init; } = [];

    /// <summary>What the colors of pictures mean; null (default) where they are those of the images.</summary>
    public ColorScale? Legend { get; init; }

    /// <summary>What the score is.</summary>
    public string ScoreIs { get; init; } = "";

    /// <summary>Cases in the order in which someone should look at them; equal ones stay as they were.</summary>
    public static IReadOnlyList<PredictedCase> Ordered(IEnumerable<PredictedCase> cases) =>
        [.. cases.OrderBy(c => c.Notes.Count == 0).ThenBy(c => c.Margin)];

    /// <summary>A short table for the terminal.</summary>
    public Table Short() =>
        new(
            [.. Columns, new Column("note")],
            [.. All.Take(MostRows).Select(c => (IReadOnlyList<Cell>)[c.Name, .. Cells(c), string.Join("; ", c.Notes)])]
        );

    /// <summary>What they are, then what is said of them.</summary>
    internal IEnumerable<Column> Columns =>
        [
            new Column(Thing),
            .. Scored
                ? [new Column("class"), new Column("score", Number: true), new Column("threshold", Number: true)]
                : Array.Empty<Column>(),
            .. Further.Select(f => new Column(f, Number: true)),
        ];

    /// <summary>What is said of one.</summary>
    internal IEnumerable<Cell> Cells(PredictedCase of) =>
        [
            .. Scored ? [of.Called, FigureText.Number(of.Score), FigureText.Number(of.Threshold)] : Array.Empty<Cell>(),
            .. of.Further.Select(f => (Cell)f),
        ];

    /// <summary>What the short table leaves out; null for nothing.</summary>
    public string? Rest =>
        All.Count > MostRows
            ? $"… and {FigureText.Count(All.Count - MostRows, $"more {Thing}")}, in {Table}; above are those with a note, then those nearest to the threshold"
            : null;

    /// <summary>5 rosettes, 2 rings; the most frequent first.</summary>
    public string Called =>
        string.Join(
            ", ",
            All.CountBy(c => c.Called)
                .OrderByDescending(c => c.Value)
                .ThenBy(c => c.Key, StringComparer.Ordinal)
                .Select(c => $"{c.Value} {c.Key}")
        );
}
