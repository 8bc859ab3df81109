using System.Globalization;
using Coverslip.App.Reports;
using Coverslip.Learning.Reports;

namespace Coverslip.App.Commands;

/// <summary>An image or slide that was segmented.</summary>
/// <param name="File">Its path.</param>
/// <param name="Share">Of its pixels or its tissue, what is called foreground; null where nobody knows any more.</param>
/// <param name="Mask">The picture of these.</param>
internal sealed record SegmentedCase(string File, double? Share, string? Mask)
{
    /// <summary>What the run has seen of it; empty for nothing that is known.</summary>
    public required string TrainedOn { get; init; }

    /// <summary>In what it looks like nothing that the run was trained on; null where it does not.</summary>
    public required string? Unfamiliar { get; init; }

    public string Name => Path.GetFileNameWithoutExtension(File);

    /// <summary>A row of segments.csv.</summary>
    public string[] Row =>
        [Name, Share?.ToString("0.######", CultureInfo.InvariantCulture) ?? "", TrainedOn, Unfamiliar ?? ""];

    /// <summary>The same for people.</summary>
    public PredictedCase Case =>
        new(Name, "", null, null)
        {
            Notes = PredictedCase.NotesOf(TrainedOn, Unfamiliar),
            Further = [Share?.ToString("0.0 %", CultureInfo.InvariantCulture) ?? FigureText.None],
            Pictures =
            [
                new Picture(File, Name),
                .. Mask is not null && System.IO.File.Exists(Mask)
                    ? [new Picture(Mask, $"mask of {Name}")]
                    : Array.Empty<Picture>(),
            ],
        };
}
