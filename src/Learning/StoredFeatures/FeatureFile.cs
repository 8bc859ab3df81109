using Coverslip.Files;
using Coverslip.Learning.SlideWalk;

namespace Coverslip.Learning.StoredFeatures;

/// <summary>Files of a slide's features: those that this program writes, and those of TRIDENT, CLAM and STAMP.</summary>
public static class FeatureFile
{
    /// <summary>The default first; a file is of the first that recognizes it.</summary>
    public static IReadOnlyList<IFeatureLayout> Layouts { get; } =
    [new TridentLayout(), new StampLayout(), new ClamLayout(), new NpzLayout()];

    /// <summary>The layout of a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static IFeatureLayout Layout(string name) =>
        Layouts.FirstOrDefault(l => l.Name == name)
        ?? throw new ArgumentException(
            $"there is no format '{name}'; there are {string.Join(", ", Layouts.Select(l => l.Name))}"
        );

    /// <summary>Writes a file whole or not at all.</summary>
    public static void Write(string path, IFeatureLayout layout, PatchFeatures features) =>
        WholeFile.Write(path, stream => layout.Write(stream, features));

    /// <summary>
    /// Refuses features that 'coverslip features' computed of another slide of the same name, as the record beside them says;
    /// files of other programs have none.
    /// </summary>
    /// <exception cref="InvalidDataException">They are another slide's.</exception>
    public static void CheckSlide(string file, string slide)
    {
        if (!SlideRecord.IsOf($"{Path.ChangeExtension(file, null)}-features.json", slide))
            throw new InvalidDataException(
                $"{file} holds features of another slide than {slide}, or of one that was changed since; compute them anew by 'coverslip features' into another folder"
            );
    }

    /// <summary>Reads a file of any layout.</summary>
    /// <exception cref="InvalidDataException">It is of none, or damaged.</exception>
    public static (IFeatureLayout Layout, PatchFeatures Features) Read(string path)
    {
        TextFile.Check(path);
        try
        {
            var layout =
                Layouts.FirstOrDefault(l => l.Recognizes(path))
                ?? throw new InvalidDataException(
                    $"{path} holds {HdfFile.Contents(path)}; expected are features and coords (TRIDENT, CLAM), feats and coords (STAMP), or an NPZ file of 'coverslip features'"
                );
            return (layout, layout.Read(path));
        }
        catch (Exception error)
            when (error is not (InvalidDataException or UnauthorizedAccessException or OutOfMemoryException))
        {
            // The reader of HDF5 throws all kinds.
            throw new InvalidDataException(
                $"{path} is damaged, or HDF5 of a kind that is not read: {error.Message}; make the file anew",
                error
            );
        }
    }
}
