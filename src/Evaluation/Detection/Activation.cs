using System.Globalization;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;

namespace Coverslip.Evaluation.Detection;

/// <summary>Where a model sees a finding in an image, in pixels of the stored image.</summary>
/// <param name="Image">Path as in the cohort.</param>
/// <param name="Label">The finding.</param>
/// <param name="Probability">How likely it is there.</param>
/// <param name="PeakX">Place of the map's maximum.</param>
/// <param name="PeakY">Place of the map's maximum.</param>
/// <param name="Area">
/// The box around the region of the map that holds the maximum and reaches a stated share of it; null where the map is
/// nowhere positive.
/// </param>
public sealed record Activation(
    string Image,
    string Label,
    double Probability,
    double PeakX,
    double PeakY,
    BoxArea? Area
);

/// <summary><c>activations.csv</c>: <c>image,label,probability,peak_x,peak_y,x,y,width,height</c>.</summary>
public static class ActivationFile
{
    private static readonly string[] Columns =
    [
        "image",
        "label",
        "probability",
        "peak_x",
        "peak_y",
        "x",
        "y",
        "width",
        "height",
    ];

    /// <summary>Writes a file, whole or not at all.</summary>
    public static void Write(string path, IEnumerable<Activation> activations) =>
        CsvTable.Write(
            path,
            Columns,
            activations.Select(a =>
                (IEnumerable<string>)
                    [
                        a.Image,
                        a.Label,
                        .. new double?[]
                        {
                            a.Probability,
                            a.PeakX,
                            a.PeakY,
                            a.Area?.X,
                            a.Area?.Y,
                            a.Area?.Width,
                            a.Area?.Height,
                        }.Select(v => v is { } value ? value.ToString("0.######", CultureInfo.InvariantCulture) : ""),
                    ]
            )
        );

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">A missing column, or a figure that is no number; the row is named.</exception>
    public static IReadOnlyList<Activation> Read(string path)
    {
        var table = CsvTable.Read(path);
        int[] places = [.. Columns.Select(table.Require)];
        return
        [
            .. table.Rows.Select(row =>
            {
                double? At(int column) => table.Number(row, places[column]);
                double Sure(int column) => At(column) ?? throw table.Empty(row, places[column]);
                return new Activation(
                    row.Fields[places[0]].Replace('\\', '/'),
                    row.Fields[places[1]],
                    Sure(2),
                    Sure(3),
                    Sure(4),
                    At(7) is null ? null : new BoxArea(Sure(5), Sure(6), Sure(7), Sure(8))
                );
            }),
        ];
    }
}
