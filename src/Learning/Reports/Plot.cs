namespace Coverslip.Learning.Reports;

/// <summary>A point of a plot.</summary>
/// <param name="X">Value on the horizontal axis.</param>
/// <param name="Y">Value on the vertical axis.</param>
/// <param name="Title">What hovering over it says; null for nothing.</param>
/// <param name="Radius">Of a drawn point, in pixels; of a line's points it is not used.</param>
public sealed record PlotPoint(double X, double Y, string? Title = null, double Radius = 4.5);

/// <summary>How a series is drawn.</summary>
public enum PlotStyle
{
    /// <summary>A line.</summary>
    Line,

    /// <summary>A dashed line.</summary>
    Dashed,

    /// <summary>Points alone.</summary>
    Points,
}

/// <summary>A series; points that are not finite interrupt it.</summary>
/// <param name="Name">Its name in the legend; empty for none.</param>
/// <param name="Points">In order of drawing.</param>
/// <param name="Color">Number of its color, 0 to 5; −1 for the gray of references.</param>
/// <param name="Style">Line, dashed line, or points alone.</param>
public sealed record PlotSeries(
    string Name,
    IReadOnlyList<PlotPoint> Points,
    int Color,
    PlotStyle Style = PlotStyle.Line
);

/// <summary>A plot with axes, ticks and legend.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Description">What one sees on it.</param>
/// <param name="Series">From the back to the front.</param>
public sealed record Plot(string Title, string Description, IReadOnlyList<PlotSeries> Series) : ReportBlock
{
    /// <summary>What stands above it; null for nothing.</summary>
    public string? Heading { get; init; }

    /// <summary>Whether the description also stands below it.</summary>
    public bool Captioned { get; init; }

    /// <summary>In pixels.</summary>
    public int Width { get; init; } = 380;

    /// <summary>In pixels, without the legend.</summary>
    public int Height { get; init; } = 260;

    /// <summary>What x is.</summary>
    public string XLabel { get; init; } = "";

    /// <summary>What y is.</summary>
    public string YLabel { get; init; } = "";

    /// <summary>Range of x; null: that of the points.</summary>
    public (double Low, double High)? XRange { get; init; }

    /// <summary>Range of y; null: that of the points.</summary>
    public (double Low, double High)? YRange { get; init; }

    /// <summary>Whether x counts something, so that only whole numbers have ticks.</summary>
    public bool Counts { get; init; }

    /// <summary>A vertical line with its name.</summary>
    public (double X, string Name)? Mark { get; init; }
}

/// <summary>Plots side by side.</summary>
public sealed record Plots(IReadOnlyList<Plot> All) : ReportBlock;
