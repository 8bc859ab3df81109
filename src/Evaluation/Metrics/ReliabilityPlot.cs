using System.Globalization;
using System.Text;

namespace Coverslip.Evaluation.Metrics;

/// <summary>The reliability plot as an SVG picture: what was predicted against what came true, bin by bin.</summary>
public static class ReliabilityPlot
{
    private const int Side = 320;
    private const int Margin = 48;

    /// <summary>What every such picture begins with.</summary>
    public const string Beginning = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 ";

    /// <summary>
    /// An SVG document. Circles lie on the diagonal where probabilities hold; their area grows with the images.
    /// </summary>
    /// <param name="bins">The bins; empty ones are left out.</param>
    /// <param name="what">What the probability is of, for the axis: a class, or "the predicted class".</param>
    public static string Svg(IReadOnlyList<ReliabilityBin> bins, string what)
    {
        var most = Math.Max(1, bins.Select(b => b.Images).DefaultIfEmpty(0).Max());
        var svg = new StringBuilder();
        void Line(FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        var (size, end) = (Side + 2 * Margin, Margin + Side);
        Line($"{Beginning}{size} {size}' font-family='sans-serif'");
        Line($"font-size='12'>");
        Line($"<rect width='{size}' height='{size}' fill='white'/>");
        for (var tick = 0; tick <= 10; tick += 2)
        {
            var (x, y) = (X(tick / 10.0), Y(tick / 10.0));
            Line($"<path d='M{x:0.#} {Margin}V{end}M{Margin} {y:0.#}H{end}' stroke='#e4e4e4' fill='none'/>");
            Line($"<text x='{x:0.#}' y='{end + 16}' text-anchor='middle'>{tick / 10.0:0.0}</text>");
            Line($"<text x='{Margin - 6}' y='{y + 4:0.#}' text-anchor='end'>{tick / 10.0:0.0}</text>");
        }
        Line($"<path d='M{Margin} {end}L{end} {Margin}' stroke='#888' stroke-dasharray='4 4' fill='none'/>");
        foreach (var bin in bins.Where(b => b.Images > 0))
        {
            var radius = 3 + 11 * Math.Sqrt((double)bin.Images / most);
            Line($"<circle cx='{X(bin.Predicted):0.#}' cy='{Y(bin.Observed):0.#}' r='{radius:0.#}' fill='#3465a4'");
            Line($"fill-opacity='0.6'>");
            Line($"<title>{bin.Images} images: predicted {bin.Predicted:0.000}, observed");
            Line($"{bin.Observed:0.000}</title></circle>");
        }
        var name = System.Security.SecurityElement.Escape(what);
        Line($"<text x='{size / 2}' y='{size - 8}' text-anchor='middle'>mean probability of {name}</text>");
        Line($"<text transform='translate(14 {size / 2}) rotate(-90)' text-anchor='middle'>");
        Line($"share that came true</text>");
        svg.Append("</svg>\n");
        return svg.ToString();
    }

    private static double X(double share) => Margin + share * Side;

    private static double Y(double share) => Margin + (1 - share) * Side;
}
