namespace Coverslip.Learning.StoredFeatures;

/// <summary>A way of storing a slide's features that some programs share.</summary>
public interface IFeatureLayout
{
    /// <summary>As <c>--format</c> names it.</summary>
    string Name { get; }

    /// <summary>With its dot.</summary>
    string Extension { get; }

    /// <summary>Writes a file.</summary>
    void Write(Stream stream, PatchFeatures features);

    /// <summary>Whether a file is of this layout.</summary>
    bool Recognizes(string path);

    /// <summary>Reads a file of this layout.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    PatchFeatures Read(string path);
}
