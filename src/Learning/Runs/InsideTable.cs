using Coverslip.Files;

namespace Coverslip.Learning.Runs;

/// <summary>What <c>inside.csv</c> of a part holds.</summary>
internal sealed class InsideTable
{
    private readonly string folder;

    internal InsideTable(string folder, CsvTable table, int about)
    {
        this.folder = folder;
        Figures =
        [
            .. table
                .Columns.Index()
                .Skip(about)
                .Select(c =>
                    (
                        c.Item,
                        (IReadOnlyList<double>)[.. table.Rows.Select(r => table.Number(r, c.Index)).OfType<double>()]
                    )
                ),
        ];
        Images = [.. table.Rows.Select(r => r.Fields[table.Require("image")])];
    }

    /// <summary>Its images.</summary>
    public IReadOnlyList<string> Images { get; }

    /// <summary>Each figure with its values, of the images that have one.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<double> Values)> Figures { get; }

    /// <summary>Images of which there are pictures, with those of the given kinds that are there.</summary>
    public IEnumerable<(string Image, IReadOnlyList<(string Kind, string File)> Pictures)> Pictured(
        IReadOnlyList<string> kinds
    ) =>
        from image in Images
        let files = kinds
            .Select(kind => (kind, InsideFiles.PictureOf(folder, image, kind)))
            .Where(p => File.Exists(p.Item2))
            .ToArray()
        where files.Length > 0
        select (image, (IReadOnlyList<(string, string)>)files);
}
