namespace Coverslip.Evaluation.Collections;

/// <summary>A published collection of images, read as it is downloaded; a part of it will do.</summary>
public abstract class Collection
{
    /// <summary>In the order of the documentation.</summary>
    public static IReadOnlyList<Collection> Known { get; } =
    [new ChestXray14(), new Camelyon16(), new Camelyon17(), new MoNuSeg(), new GlaS(), new Idc()];

    /// <summary>The word of <c>cohort --layout</c>.</summary>
    public abstract string Layout { get; }

    /// <summary>Its name and where it was published.</summary>
    public abstract string Title { get; }

    /// <summary>What is looked for below the folder.</summary>
    private protected abstract string Wanted { get; }

    /// <summary>Reads what is there; nothing is written.</summary>
    /// <param name="folder">The folder of the download, or one above it.</param>
    /// <param name="csvFolder">Where the cohort file will stand; paths are made relative to it.</param>
    /// <exception cref="InvalidDataException">
    /// A table that says whose or what images are is missing or says something unknown, two files have one name, or no image
    /// is there.
    /// </exception>
    public CollectionRows Read(string folder, string csvFolder) => Read(new CollectionFolder(folder, csvFolder));

    private protected abstract CollectionRows Read(CollectionFolder folder);
}
