using System.Globalization;
using Coverslip.Files;

namespace Coverslip.Evaluation.Segmentation;

/// <summary>An image whose pixels were judged.</summary>
/// <param name="Image">As its cohort names it.</param>
/// <param name="Patient">Whose it is.</param>
/// <param name="Pixels">Its pixels by probability.</param>
public sealed record SegmentedImage(string Image, string Patient, PixelHistogram Pixels)
{
    /// <summary>The file of a run's part.</summary>
    public const string FileName = "pixels.csv";

    private static readonly string[] Columns = ["image", "patient", "bin", "foreground", "background"];

    /// <summary>
    /// Writes images: a row for each bin of an image in which there are pixels. Bin b holds probabilities from b / 1000 on.
    /// </summary>
    public static void Write(string path, IEnumerable<SegmentedImage> images) =>
        CsvTable.Write(path, Columns, images.SelectMany(Rows));

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">Another table, or a row that cannot be read; the message names it.</exception>
    public static IReadOnlyList<SegmentedImage> Read(string path)
    {
        var table = CsvTable.Read(path);
        var places = Columns.Select(table.Require).ToArray();
        var images = new Dictionary<string, SegmentedImage>(StringComparer.Ordinal);
        foreach (var (row, fields) in table.Rows)
        {
            long Number(int column, long most) =>
                long.TryParse(fields[places[column]], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number <= most
                    ? number
                    : throw new InvalidDataException(
                        $"{path}: row {row}: {Columns[column]} is '{fields[places[column]]}'; it is a whole number from 0 to {most}"
                    );
            var name = fields[places[0]];
            if (!images.TryGetValue(name, out var image))
                images.Add(name, image = new SegmentedImage(name, fields[places[1]], new PixelHistogram()));
            image.Pixels.Add(
                (int)Number(2, PixelHistogram.Bins - 1),
                Number(3, long.MaxValue / 2),
                Number(4, long.MaxValue / 2)
            );
        }
        return [.. images.Values];
    }

    private static IEnumerable<string[]> Rows(SegmentedImage image)
    {
        for (var bin = 0; bin < PixelHistogram.Bins; bin++)
            if (image.Pixels.Foreground[bin] + image.Pixels.Background[bin] > 0)
                yield return
                [
                    image.Image,
                    image.Patient,
                    .. new long[] { bin, image.Pixels.Foreground[bin], image.Pixels.Background[bin] }.Select(n =>
                        n.ToString(CultureInfo.InvariantCulture)
                    ),
                ];
    }
}
