using System.Globalization;
using PureHDF;
using PureHDF.VOL.Native;

namespace Coverslip.Learning.StoredFeatures;

/// <summary>Reading HDF5 files as h5py writes them, whatever the width of their numbers.</summary>
internal sealed class HdfFile : IDisposable
{
    private static readonly byte[] Magic = [0x89, (byte)'H', (byte)'D', (byte)'F'];
    private readonly string path;
    private readonly NativeFile file;

    private HdfFile(string path, NativeFile file) => (this.path, this.file) = (path, file);

    /// <summary>Opens a file; null where it is none of HDF5.</summary>
    internal static HdfFile? TryOpen(string path)
    {
        using (var stream = File.OpenRead(path))
        {
            var start = new byte[Magic.Length];
            if (
                stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length
                || !start.SequenceEqual(Magic)
            )
                return null;
        }
        return new HdfFile(path, H5File.OpenRead(path));
    }

    /// <summary>What a file has, in words.</summary>
    internal static string Contents(string path)
    {
        using var file = TryOpen(path);
        return file is null ? "neither HDF5 nor NPZ"
            : file.Names is [] ? "nothing"
            : string.Join(", ", file.Names);
    }

    /// <summary>Names of what stands at its root.</summary>
    internal IReadOnlyList<string> Names => [.. file.Children().Select(c => c.Name).Order(StringComparer.Ordinal)];

    internal bool Has(string dataset) => file.LinkExists(dataset);

    internal bool Has(string dataset, string attribute) =>
        Has(dataset) && file.Dataset(dataset).AttributeExists(attribute);

    /// <summary>A matrix of numbers, in half precision; a leading side of 1 is left out.</summary>
    internal (Half[] Values, int Rows, int Columns) Halves(string dataset) =>
        Matrix(
            dataset,
            (data, size) =>
                size switch
                {
                    2 => data.Read<Half[]>(),
                    4 => Array.ConvertAll(data.Read<float[]>(), v => (Half)v),
                    _ => Array.ConvertAll(data.Read<double[]>(), v => (Half)v),
                },
            H5DataTypeClass.FloatingPoint
        );

    /// <summary>A matrix of numbers, whole or not.</summary>
    internal (double[] Values, int Rows, int Columns) Doubles(string dataset) =>
        Matrix(
            dataset,
            (data, size) =>
                (data.Type.Class, size) switch
                {
                    (H5DataTypeClass.FloatingPoint, 4) => Array.ConvertAll(data.Read<float[]>(), v => (double)v),
                    (H5DataTypeClass.FloatingPoint, 8) => data.Read<double[]>(),
                    (_, 4) => Array.ConvertAll(data.Read<int[]>(), v => (double)v),
                    _ => Array.ConvertAll(data.Read<long[]>(), v => (double)v),
                },
            H5DataTypeClass.FloatingPoint,
            H5DataTypeClass.FixedPoint
        );

    /// <summary>An attribute of a dataset, or of the root where that is null, as text; null where there is none.</summary>
    internal string? Text(string? dataset, string attribute)
    {
        IH5Object holder = dataset is null ? file : file.Dataset(dataset);
        if (!holder.AttributeExists(attribute))
            return null;
        var found = holder.Attribute(attribute);
        return (found.Type.Class, found.Type.Size) switch
        {
            (H5DataTypeClass.FixedPoint, 8) => found.Read<long>().ToString(CultureInfo.InvariantCulture),
            (H5DataTypeClass.FixedPoint, 4) => found.Read<int>().ToString(CultureInfo.InvariantCulture),
            (H5DataTypeClass.FloatingPoint, 8) => found.Read<double>().ToString("R", CultureInfo.InvariantCulture),
            (H5DataTypeClass.FloatingPoint, 4) => found.Read<float>().ToString("R", CultureInfo.InvariantCulture),
            (H5DataTypeClass.String or H5DataTypeClass.VariableLength, _) => found.Read<string>(),
            _ => null,
        };
    }

    /// <summary>The same as a number; null where there is none.</summary>
    internal double? Number(string? dataset, string attribute) =>
        double.TryParse(Text(dataset, attribute), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;

    public void Dispose() => file.Dispose();

    private (T[] Values, int Rows, int Columns) Matrix<T>(
        string dataset,
        Func<IH5Dataset, int, T[]> read,
        params ReadOnlySpan<H5DataTypeClass> expected
    )
    {
        var data = file.Dataset(dataset);
        ulong[] sides = data.Space.Dimensions;
        if (sides is [1, _, _])
            sides = sides[1..];
        if (sides.Length != 2 || !expected.Contains(data.Type.Class))
            throw new InvalidDataException(
                $"{path}: {dataset} is {data.Type.Class} of {string.Join(" × ", sides)}; expected are numbers, a row to each patch"
            );
        return (read(data, data.Type.Size), (int)sides[0], (int)sides[1]);
    }
}
