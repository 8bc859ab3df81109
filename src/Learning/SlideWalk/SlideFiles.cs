namespace Coverslip.Learning.SlideWalk;

/// <summary>What a prediction leaves of a slide in its folder.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Name">The slide's file name without extension.</param>
public sealed record SlideFiles(string Folder, string Name)
{
    /// <summary>Folder of the CSV files, as <c>evaluate froc</c> takes it.</summary>
    public string DetectionsFolder => Path.Combine(Folder, "detections");

    /// <summary>Detections in CAMELYON16's form.</summary>
    public string Detections => Path.Combine(DetectionsFolder, $"{Name}.csv");

    /// <summary>Detections for QuPath.</summary>
    public string GeoJson => Path.Combine(Folder, $"{Name}.geojson");

    /// <summary>The probabilities.</summary>
    public string Heatmap => Path.Combine(Folder, $"{Name}-heatmap.npy");

    /// <summary>The probabilities of a smaller network that saw all windows first.</summary>
    public string First => Path.Combine(Folder, $"{Name}-first.npy");

    public string Pyramid => Path.Combine(Folder, $"{Name}-heatmap.tif");

    public string Overlay => Path.Combine(Folder, $"{Name}-overlay.png");

    /// <summary>Patches of most and of least weight, of methods that show them.</summary>
    public string Tiles => Path.Combine(Folder, $"{Name}-tiles.png");

    /// <summary>What the heatmap was made of, and how; the slide is finished when it is there.</summary>
    public string Record => Path.Combine(Folder, $"{Name}-heatmap.json");

    /// <summary>The record of methods that map patches of a grid of their own.</summary>
    public string MapRecord => Path.Combine(Folder, $"{Name}-map.json");

    /// <summary>The heatmap in the making.</summary>
    public string State => Path.Combine(Folder, $"{Name}-heatmap.state");
}
