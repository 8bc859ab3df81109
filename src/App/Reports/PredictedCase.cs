using Coverslip.Learning.Reports;
using Coverslip.Learning.Runs;

namespace Coverslip.App.Reports;

/// <summary>What a model says of one image or slide, for people.</summary>
/// <param name="Name">The image.</param>
/// <param name="Called">Its class, or what else it is called; empty where nothing is.</param>
/// <param name="Score">What is held against the threshold; null for nothing.</param>
/// <param name="Threshold">From which score on it is called so; null where the most probable class is.</param>
internal sealed record PredictedCase(string Name, string Called, double? Score, double? Threshold)
{
    /// <summary>What to know before believing it: that the model was trained on it, that it looks like nothing known.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Cells of the table's further columns, see <see cref="PredictedCases.Further"/>.</summary>
    public IReadOnlyList<string> Further { get; init; } = [];

    /// <summary>How far the score is from being called otherwise; the smaller, the sooner someone should look.</summary>
    public double Margin { get; init; } = double.PositiveInfinity;

    /// <summary>What the page shows of it.</summary>
    public IReadOnlyList<Picture> Pictures { get; init; } = [];

    /// <summary>What stands beside something that the run has seen, or that looks like nothing it has seen.</summary>
    /// <param name="trainedOn">See <see cref="SeenImage.TrainedOn"/>.</param>
    /// <param name="unfamiliar">In what it looks like nothing; null where it does not.</param>
    internal static IReadOnlyList<string> NotesOf(string trainedOn, string? unfamiliar) =>
        [
            .. new[]
            {
                unfamiliar is null ? null : $"unfamiliar: {unfamiliar}",
                SeenImage.Note(trainedOn),
            }.OfType<string>(),
        ];

    /// <summary>Training images that are like it to the model, the nearest first.</summary>
    public IReadOnlyList<CaptionedPicture> Near { get; init; } = [];
}
