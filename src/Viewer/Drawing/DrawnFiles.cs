using System.Collections.Concurrent;
using System.Security.Cryptography;
using Coverslip.Files;
using Coverslip.Slides.Annotations;
using Coverslip.Viewer.Contents;

namespace Coverslip.Viewer.Drawing;

/// <summary>What is drawn onto a slide, as it was last saved.</summary>
/// <param name="Bytes">GeoJSON as QuPath writes it, in pixels of level 0.</param>
/// <param name="Version">Of this content: who saves says which one it began with.</param>
internal sealed record DrawnFile(byte[] Bytes, string Version);

/// <summary>
/// Annotations drawn in the viewer: <c>NAME.geojson</c> for each slide in one folder, as <c>coverslip train</c> takes it; whole or not
/// at all. What was saved before stays under <c>versions/</c>, named by the time at which it was replaced.
/// </summary>
internal sealed class DrawnFiles(string folder, TimeProvider clock)
{
    /// <summary>The folder below the first one that is shown, where none is named.</summary>
    internal const string UsualName = "drawn";

    private static readonly byte[] Nothing = """{"type":"FeatureCollection","features":[]}"""u8.ToArray();

    private readonly ConcurrentDictionary<string, Lock> gates = new(StringComparer.Ordinal);

    internal string Folder { get; } = ViewedFolders.Real(folder);

    /// <summary>What is saved of a slide; nothing drawn where there is none.</summary>
    internal DrawnFile Read(string name)
    {
        var path = PathOf(name);
        var bytes = File.Exists(path) ? File.ReadAllBytes(path) : Nothing;
        return new DrawnFile(bytes, VersionOf(bytes));
    }

    /// <summary>Saves what is drawn onto a slide now.</summary>
    /// <param name="name">The slide's.</param>
    /// <param name="geoJson">What is drawn.</param>
    /// <param name="began">The version that whoever saves began with.</param>
    /// <param name="check">Told the annotations before they are saved.</param>
    /// <returns>What is saved; null where somebody else has saved since.</returns>
    /// <exception cref="AnnotationException">It is no GeoJSON of annotations.</exception>
    internal DrawnFile? Save(string name, byte[] geoJson, string? began, Action<AnnotationSet> check)
    {
        // A call's writes into folders that it was given are guarded; this folder is the viewer's own.
        using var call = UserFiles.Begin();
        lock (gates.GetOrAdd(name, _ => new Lock()))
        {
            var before = Read(name);
            if (began != before.Version)
                return null;
            var set = Parse(geoJson);
            check(set);
            var path = PathOf(name);
            EarlierVersion.Keep(path, VersionsFolder, clock.GetUtcNow());
            AnnotationFile.Write(path, set, AnnotationFormat.GeoJson);
            return Read(name);
        }
    }

    /// <summary>How many earlier versions are kept.</summary>
    internal int Versions(string name) =>
        Directory.Exists(VersionsFolder) ? Directory.EnumerateFiles(VersionsFolder, $"{name}.*.geojson").Count() : 0;

    private string VersionsFolder => Path.Combine(Folder, "versions");

    private string PathOf(string name) => Path.Combine(Folder, $"{name}.geojson");

    private static string VersionOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes))[..24];

    /// <summary>The reader of annotations reads files: these bytes pass through one.</summary>
    private static AnnotationSet Parse(byte[] geoJson)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, geoJson);
            return AnnotationFile.Read(path);
        }
        catch (AnnotationException error)
        {
            throw new InvalidDataException(
                $"what was drawn is not saved: {error.Message.Replace(path, "it", StringComparison.Ordinal)}",
                error
            );
        }
        finally
        {
            File.Delete(path);
        }
    }
}
