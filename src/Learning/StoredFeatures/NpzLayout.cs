using System.Globalization;
using Coverslip.Files;

namespace Coverslip.Learning.StoredFeatures;

/// <summary>
/// NumPy's <c>.npz</c>: <c>features</c> [N, D] of half precision, <c>coords</c> [N, 2] in pixels of level 0, and <c>facts</c>, a
/// text <c>name: value</c> to each.
/// </summary>
internal sealed class NpzLayout : IFeatureLayout
{
    public string Name => "npz";

    public string Extension => ".npz";

    public void Write(Stream stream, PatchFeatures features)
    {
        var facts = features.Facts;
        using var to = new NpzWriter(stream);
        to.Add("features", features.Values, features.Count, features.Numbers);
        to.Add("coords", features.Places, features.Count, 2);
        (string Name, string? Value)[] told =
        [
            ("name", features.Name),
            ("unit", features.InMicrons ? "um" : "px"),
            ("encoder", facts.Encoder),
            ("patch_size", Text(facts.Side)),
            ("patch_size_level0", Text(facts.Level0Side)),
            ("microns_per_pixel", Text(facts.Mpp)),
            ("level0_microns_per_pixel", Text(facts.Level0Mpp)),
            ("level0_width", Text(facts.Level0Size?.Width)),
            ("level0_height", Text(facts.Level0Size?.Height)),
            ("reader", facts.Reader),
            ("tissue", facts.Tissue),
            ("view", facts.View),
        ];
        to.Add("facts", [.. told.Where(f => f.Value is not null).Select(f => $"{f.Name}: {f.Value}")]);
    }

    public bool Recognizes(string path)
    {
        if (!Path.GetExtension(path).Equals(Extension, StringComparison.OrdinalIgnoreCase))
            return false;
        using var file = NpzReader.Open(path);
        return file.Names.Contains("coords");
    }

    public PatchFeatures Read(string path)
    {
        using var file = NpzReader.Open(path);
        var (values, shape) = file.Halves("features");
        var (places, sides) = file.Doubles("coords");
        if (shape.Count != 2 || sides is not [var count, 2] || count != shape[0])
            throw new InvalidDataException(
                $"{path}: features are {string.Join(" × ", shape)} and coords {string.Join(" × ", sides)}; expected is a place x, y to each row"
            );
        var facts = file.Texts("facts")
            .Select(f => f.Split(": ", 2))
            .ToDictionary(f => f[0], f => f[^1], StringComparer.Ordinal);
        double? Number(string name) =>
            facts.TryGetValue(name, out var text) ? double.Parse(text, CultureInfo.InvariantCulture) : null;
        return new PatchFeatures
        {
            Name = facts.GetValueOrDefault("name", Path.GetFileNameWithoutExtension(path)),
            Values = values,
            Numbers = (int)shape[1],
            Places = places,
            InMicrons = facts.GetValueOrDefault("unit") == "um",
            Facts = new PatchFacts
            {
                Encoder = facts.GetValueOrDefault("encoder"),
                Side = (int?)Number("patch_size"),
                Level0Side = Number("patch_size_level0"),
                Mpp = Number("microns_per_pixel"),
                Level0Mpp = Number("level0_microns_per_pixel"),
                Level0Size =
                    Number("level0_width") is { } w && Number("level0_height") is { } h ? ((long)w, (long)h) : null,
                Reader = facts.GetValueOrDefault("reader"),
                Tissue = facts.GetValueOrDefault("tissue"),
                View = facts.GetValueOrDefault("view"),
            },
        };
    }

    private static string? Text(double? value) => value?.ToString("R", CultureInfo.InvariantCulture);
}
