using Coverslip.Files;
using Coverslip.Learning.Models;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.Runs;

/// <summary>
/// What a network makes of images on the way to its answer: <c>inside.csv</c> with figures of each image, and of some the pictures
/// <c>inside/IMAGE-KIND.png</c>.
/// </summary>
public static class InsideFiles
{
    private const string FileName = "inside.csv";

    private const string Folder = "inside";

    private static readonly string[] About = ["image", "patient", "label"];

    /// <summary>Writes both, image by image.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="classes">The model's classes.</param>
    /// <param name="views">The images; each is disposed of.</param>
    public static void Write(string folder, IReadOnlyList<string> classes, IEnumerable<InnerView> views)
    {
        string[]? columns = null;
        List<string[]> rows = [];
        foreach (var view in views)
            using (view)
            {
                var row = view.Patch.Row;
                var (own, values) = view.PerClass;
                columns ??= [.. About, .. view.Figures.Select(f => f.Name), .. classes.Select(c => $"{own}_{c}")];
                rows.Add([
                    row.Image,
                    row.Patient,
                    row.Label,
                    .. view
                        .Figures.Select(f => f.Value)
                        .Concat(values)
                        .Select(v => CsvTable.Text(double.IsFinite(v) ? v : null)),
                ]);
                foreach (var (kind, picture) in view.Pictures)
                {
                    Directory.CreateDirectory(Path.Combine(folder, Folder));
                    ImageFile.Write(PictureOf(folder, row.Image, kind), picture);
                }
            }
        if (columns is not null)
            CsvTable.Write(Path.Combine(folder, FileName), columns, rows);
    }

    /// <summary>Where a picture of an image lies.</summary>
    public static string PictureOf(string folder, string image, string kind) =>
        Path.Combine(folder, Folder, $"{PictureName.Of(image, kind)}.png");

    /// <summary>The table of a part; null where there is none, as of methods that do not show it and of earlier versions.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    internal static InsideTable? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        return File.Exists(path) ? new InsideTable(folder, CsvTable.Read(path), About.Length) : null;
    }
}
