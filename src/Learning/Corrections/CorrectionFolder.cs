namespace Coverslip.Learning.Corrections;

/// <summary>Where the files of a correction lie.</summary>
/// <param name="Path">Its folder.</param>
public sealed record CorrectionFolder(string Path)
{
    /// <summary>What it was begun with.</summary>
    public string Settings => In("correction.json");

    /// <summary>Regions as they are now: a GeoJSON file to each slide that is drawn on.</summary>
    public string Annotations => In("annotations");

    /// <summary>What regions were before, by the time at which they were replaced.</summary>
    public string Versions => In("annotations", "versions");

    /// <summary>Features of slides, as <c>coverslip features</c> writes them.</summary>
    public string Features => In("features");

    /// <summary>A folder to each round, <c>001</c> the first.</summary>
    public string Rounds => In("rounds");

    /// <summary>A row to each round.</summary>
    public string Table => In("rounds.csv");

    /// <summary>Minutes of annotation against AUC.</summary>
    public string Curve => In("rounds.svg");

    /// <summary>The slides drawn on and those kept aside, as <c>coverslip train</c> takes them.</summary>
    public string Cohort => In("cohort.csv");

    /// <summary>Who trains, validates and is kept aside, as <c>coverslip train --split</c> takes it.</summary>
    public string Split => In("split.json");

    internal string Claim => In("claims", "correction");

    /// <summary>The regions of a slide.</summary>
    /// <param name="slide">The slide's file name without extension.</param>
    public string AnnotationsOf(string slide) => System.IO.Path.Combine(Annotations, $"{slide}.geojson");

    private string In(params ReadOnlySpan<string> parts) => System.IO.Path.Combine(Path, System.IO.Path.Combine(parts));
}
