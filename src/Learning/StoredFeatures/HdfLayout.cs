using PureHDF;

namespace Coverslip.Learning.StoredFeatures;

/// <summary>
/// What TRIDENT's, CLAM's and STAMP's files share: features and places as two datasets. Attributes of the root that begin with
/// <c>coverslip</c> say what the layouts have no place for.
/// </summary>
internal abstract class HdfLayout : IFeatureLayout
{
    private const string Encoder = "coverslip_encoder",
        Mpp = "coverslip_microns_per_pixel",
        Level0Mpp = "coverslip_level0_microns_per_pixel",
        Reader = "coverslip_reader",
        Tissue = "coverslip_tissue",
        View = "coverslip_view";

    public abstract string Name { get; }

    public string Extension => ".h5";

    /// <summary>The dataset of features.</summary>
    private protected abstract string Features { get; }

    public void Write(Stream stream, PatchFeatures features)
    {
        var file = new H5File();
        Fill(file, features);
        var facts = features.Facts;
        Set(file, Encoder, facts.Encoder);
        Set(file, Mpp, facts.Mpp);
        Set(file, Level0Mpp, facts.Level0Mpp);
        Set(file, Reader, facts.Reader);
        Set(file, Tissue, facts.Tissue);
        Set(file, View, facts.View);
        file.Write(stream);
    }

    public bool Recognizes(string path)
    {
        using var file = HdfFile.TryOpen(path);
        return file is not null && file.Has(Features) && file.Has("coords") && IsOwn(file);
    }

    public PatchFeatures Read(string path)
    {
        using var file = HdfFile.TryOpen(path)!;
        var (values, rows, numbers) = file.Halves(Features);
        var (places, count, sides) = file.Doubles("coords");
        if (rows != count || sides != 2)
            throw new InvalidDataException(
                $"{path}: {Features} has {rows} rows and coords {count} × {sides}; expected is a place x, y to each row"
            );
        return Told(
            file,
            new PatchFeatures
            {
                Name = Path.GetFileNameWithoutExtension(path),
                Values = values,
                Numbers = numbers,
                Places = places,
                Facts = new PatchFacts
                {
                    Encoder = file.Text(null, Encoder),
                    Mpp = file.Number(null, Mpp),
                    Level0Mpp = file.Number(null, Level0Mpp),
                    Reader = file.Text(null, Reader),
                    Tissue = file.Text(null, Tissue),
                    View = file.Text(null, View),
                },
            }
        );
    }

    /// <summary>Adds datasets with their attributes.</summary>
    private protected abstract void Fill(H5File file, PatchFeatures features);

    /// <summary>Whether a file with both datasets is of this layout.</summary>
    private protected abstract bool IsOwn(HdfFile file);

    /// <summary>The same with what the layout's own attributes say.</summary>
    private protected abstract PatchFeatures Told(HdfFile file, PatchFeatures features);

    private protected static ulong[] Sides(PatchFeatures features, int columns) =>
        [(ulong)features.Count, (ulong)columns];

    private protected static void Set(H5Object holder, string attribute, string? value)
    {
        if (value is not null)
            holder.Attributes[attribute] = value;
    }

    private protected static void Set(H5Object holder, string attribute, double? value)
    {
        if (value is { } known)
            holder.Attributes[attribute] = known;
    }

    /// <summary>10 over the microns per pixel, as other programs count: 0.25 µm are 40.</summary>
    private protected static double? Magnification(double? mpp) => mpp is { } known ? 10 / known : null;

    /// <summary>The encoder's name alone, of an identity.</summary>
    private protected static string? NameOf(string? encoder) => encoder?.Split(' ')[0];
}
